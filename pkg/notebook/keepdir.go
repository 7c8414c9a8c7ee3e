package notebook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"unicode"
)

// KeepDir returns the folder in which [Keep] stores the values of this
// notebook, or of this program in a script. The folder need not exist yet. The
// first that applies:
//
//  1. $UNSTUCK_KEEP, made absolute from the working directory;
//  2. in a notebook whose name the kernel is not told (nbclient, some editors),
//     the kernel's temporary folder: values then live as long as the kernel;
//  3. <project>/.lab/keep/<notebook or program>-<digest of its path>: the project is $UNSTUCK_HOME in a notebook, as
//     the kernels set it, else the folder of the nearest go.mod around the notebook or the working directory, or that
//     directory where there is none. make clean removes .lab.
func KeepDir() (string, error) {
	if dir := os.Getenv("UNSTUCK_KEEP"); dir != "" {
		return filepath.Abs(dir)
	}
	if InNotebook() {
		path, home, temporary := notebookPath(), os.Getenv("UNSTUCK_HOME"), os.Getenv("GONB_TMP_DIR")
		switch {
		case path == "" && temporary != "":
			return filepath.Join(temporary, "keep"), nil
		case path != "" && home != "":
			return keepFolder(home, path), nil
		case path != "":
			return keepFolder(moduleAround(filepath.Dir(path)), path), nil
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("notebook: finding a folder for kept values: %w", err)
	}
	return keepFolder(moduleAround(wd), filepath.Join(wd, programName())), nil
}

// notebookPath returns the path of the notebook where the kernel's environment
// has it, as Jupyter servers set it, and "" elsewhere.
func notebookPath() string {
	path := os.Getenv("JPY_SESSION_NAME")
	if path == "" {
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(os.Getenv("GONB_DIR"), path)
	}
	return filepath.Clean(path)
}

// moduleAround returns the nearest folder with a go.mod, dir itself or one above, else dir.
func moduleAround(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

func keepFolder(project, path string) string {
	sum := sha256.Sum256([]byte(path))
	base := strings.TrimSuffix(filepath.Base(path), ".ipynb")
	return filepath.Join(project, ".lab", "keep", plainName(base)+"-"+hex.EncodeToString(sum[:6]))
}

// makeKeepDir makes the folder and returns the one whose values share a limit: that of the whole project.
func makeKeepDir(dir string) (root string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	root = filepath.Dir(dir)
	lab := filepath.Dir(root)
	if filepath.Base(root) != "keep" || filepath.Base(lab) != ".lab" {
		return dir, nil
	}
	// In a module of the reader's own, git should not take it for theirs.
	ignore := filepath.Join(root, ".gitignore")
	if _, err := os.Stat(ignore); err != nil {
		os.WriteFile(ignore, []byte("*\n"), 0o600)
	}
	return root, nil
}

func programName() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Path != "" {
		return plainName(info.Path)
	}
	return plainName(filepath.Base(os.Args[0]))
}

// plainName keeps the letters and digits of s, for a folder name that a person
// recognizes.
func plainName(s string) string {
	name := strings.Map(func(r rune) rune {
		if isLetterOrDigit(r) || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, s)
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[len(runes)-60:])
	}
	return strings.Trim(name, "-.")
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
