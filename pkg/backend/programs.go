package backend

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"example.com/unstuck/pkg/backend/internal/programs"
)

// ProgramsVariable is the environment variable that says where compiled programs are kept: "off" is nowhere, anything else a
// folder. Unset, it is .lab/programs in the project that the plugin belongs to, or else unstuck/programs in the user's cache.
const ProgramsVariable = "UNSTUCK_PROGRAMS"

// Programs are the compiled programs on disk.
//
// Compiling is most of what a short training waits for, so XLA's result is kept, under a digest of the program, its options,
// the plugin's SHA-256, the processor, XLA_FLAGS and the devices. The folder is open to its owner alone and holds at most
// 512 MiB; what was used longest ago goes first. An entry that is damaged, or that the plugin rejects, costs one compilation.
// Nothing is kept for a plugin that failed to load a program of its own in the trial, nor while XLA_FLAGS asks for dumps.
type Programs struct {
	// Folder is empty where none are kept, and Off says why.
	Folder string `json:"folder,omitempty"`
	Off    string `json:"off,omitempty"`
	// Entries and Bytes are what the folder holds; programs of other plugins and processors count too.
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

// String is one line.
func (p Programs) String() string {
	if p.Folder == "" {
		return "not kept: " + p.Off
	}
	return fmt.Sprintf("%d in %s, %.1f MB", p.Entries, p.Folder, float64(p.Bytes)/1e6)
}

// Programs tells what is kept on disk of the programs that this backend compiles.
func (b *Backend) Programs() Programs {
	if b.plugin == nil {
		return Programs{Off: "pure Go compiles none"}
	}
	store, err := processEnvironment().programs(*b.plugin)
	if err != nil {
		return Programs{Off: err.Error()}
	}
	kept := Programs{Folder: store.Folder()}
	if kept.Entries, kept.Bytes, err = store.Usage(); err != nil {
		return Programs{Off: err.Error()}
	}
	return kept
}

// ClearPrograms removes what Programs counts. Processes that run, this one too, are not disturbed, and nothing to remove is
// no error.
func (b *Backend) ClearPrograms() error {
	if b.plugin == nil {
		return nil
	}
	store, err := processEnvironment().programs(*b.plugin)
	if err != nil {
		return nil // none are kept
	}
	return store.Clear()
}

// programs opens the store of a plugin in the first place that takes it; the error says why there is none.
func (e environment) programs(p Plugin) (*programs.Store, error) {
	if !p.keeps {
		return nil, errors.New("the plugin didn't load a program of its own when it was tried")
	}
	if strings.Contains(e.getenv("XLA_FLAGS"), "xla_dump") {
		return nil, errors.New("XLA_FLAGS asks for dumps, which compiling writes")
	}
	asked := e.getenv(ProgramsVariable)
	if asked == "off" {
		return nil, fmt.Errorf("%s is off", ProgramsVariable)
	}
	if asked != "" {
		folder, err := filepath.Abs(asked)
		if err != nil {
			return nil, err
		}
		return programs.Open(folder, 0)
	}
	err := errors.New("this user has no folder for a cache")
	if p.project != "" {
		var store *programs.Store
		if store, err = programs.Open(filepath.Join(p.project, ".lab", "programs"), 0); err == nil {
			return store, nil
		}
	}
	if e.cache == "" {
		return nil, err
	}
	return programs.Open(filepath.Join(filepath.Dir(e.cache), "programs"), 0)
}

// keepPrograms lets the plugin take its programs from disk. Where that can't be, it compiles, as it would have anyway.
func keepPrograms(p Plugin, settings string) {
	store, err := processEnvironment().programs(p)
	if err == nil {
		var about []byte
		if about, err = aboutPrograms(p, settings); err == nil {
			err = programs.Attach(p.Path, store, about)
		}
	}
	if err != nil {
		programs.Detach(p.Path)
	}
}

// aboutPrograms is what the compiled form of a program depends on besides the program.
func aboutPrograms(p Plugin, settings string) ([]byte, error) {
	processor, err := processor()
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"plugin": p.SHA256, "api": p.API, "platform": p.Platform, "devices": p.Devices, "settings": settings,
		"system": runtime.GOOS + "/" + runtime.GOARCH, "processor": processor, "processors": runtime.NumCPU(),
		"flags": os.Getenv("XLA_FLAGS"), "visible": os.Getenv("CUDA_VISIBLE_DEVICES"),
	})
}
