package notebook

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// origin is what a kept value is made from, but for its inputs.
type origin struct {
	code  string   // digest of the code, its packages, the backend and the program's arguments
	files []string // files that the code names
	cell  string   // digest of the cell's own code, "" in a script
}

// whence finds out where Keep was called and what its value will be made from. In a notebook it reads the program that
// GoNB has made of the cell and of all declarations before it, which is there for as long as the cell runs. Where there
// is no such source, the program itself stands for it.
func whence() (origin, error) {
	if file, line := cellCall(); file != "" {
		source, err := readCell(file)
		if err == nil {
			return source.origin(line)
		}
	}
	program, err := programDigest()
	if err != nil {
		return origin{}, err
	}
	return origin{code: digestText(program, surroundings())}, nil
}

// cellCall returns the innermost place on the stack that lies in the cell's own source.
func cellCall() (file string, line int) {
	folder := os.Getenv("GONB_TMP_DIR")
	if folder == "" || !InNotebook() {
		return "", 0
	}
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		// By its last folder, whose name is the kernel's own: -trimpath and links change what lies before.
		if filepath.Base(filepath.Dir(frame.File)) == filepath.Base(folder) {
			return filepath.Join(folder, filepath.Base(frame.File)), frame.Line
		}
		if !more {
			return "", 0
		}
	}
}

// programDigest is that of the program that runs.
var programDigest = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding out which program runs: %w", err)
	}
	digest, err := digestFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	return digest, nil
})

// surroundings are what else a value depends on: which backend computes, and what the program was told.
func surroundings() string {
	return digestText(append([]string{runtime.Version(), runtime.GOARCH, os.Getenv("GOMLX_BACKEND")}, os.Args[1:]...)...)
}

// filesNow digests the files that the code names, as they are now.
func (o origin) filesNow() string {
	var parts []string
	for _, file := range o.files {
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			continue // it may be no path at all
		}
		digest, err := digestFile(file)
		if err != nil {
			digest = "unreadable"
		}
		parts = append(parts, file, digest)
	}
	return digestText(parts...)
}

// head is what is noted beside a value that was made just now.
func (o origin) head() keepHead {
	return keepHead{Files: o.filesNow(), Kept: time.Now().Round(time.Second), Kernel: thisKernel(), Process: thisProcess(), Cell: o.cell}
}

// thisKernel names the kernel that runs the cell, "" in a script.
func thisKernel() string {
	if !InNotebook() {
		return ""
	}
	return filepath.Base(os.Getenv("GONB_TMP_DIR"))
}

var thisProcess = sync.OnceValue(func() string { return rand.Text() })

var told sync.Map // what this program has said already, by name and time

// tell says that a value is an old one, unless that goes without saying: an earlier cell of this kernel has kept it, or
// this very program. So a notebook that is run from top to bottom where nothing is kept says nothing.
func (o origin) tell(head keepHead) {
	if head.Process == thisProcess() || o.cell != "" && head.Kernel == thisKernel() && head.Cell != o.cell {
		return
	}
	if _, before := told.LoadOrStore(head.Name+head.Key, true); before {
		return
	}
	out := io.Writer(os.Stderr)
	if InNotebook() {
		out = os.Stdout // a notebook shows the other one as an error
	}
	fmt.Fprintf(out, "kept: %q, computed %s; notebook.Forget(%q) computes it again\n", head.Name, head.Kept.Local().Format("2006-01-02 15:04"), head.Name)
}

func digestText(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func digestFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// isPath tells whether a text of the code may be a file's path.
func isPath(text string) bool {
	return text != "" && len(text) < 4096 && !strings.ContainsAny(text, "\x00\n")
}
