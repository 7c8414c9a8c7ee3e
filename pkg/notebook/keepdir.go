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
//  2. in a notebook opened by a Jupyter server, a folder of the notebook's own
//     in the user's cache: <cache>/unstuck/keep/<notebook>-<digest of its path>;
//  3. in a notebook whose name the kernel is not told (nbclient, some editors),
//     the kernel's temporary folder: values then live as long as the kernel;
//  4. in a script, a folder in the user's cache named after the program and the
//     working directory.
//
// Where the user has no cache folder (os.UserCacheDir), the system's temporary
// folder takes its place.
func KeepDir() (string, error) {
	if dir := os.Getenv("UNSTUCK_KEEP"); dir != "" {
		return filepath.Abs(dir)
	}
	if InNotebook() {
		if path := notebookPath(); path != "" {
			return cacheFolder(path)
		}
		if dir := os.Getenv("GONB_TMP_DIR"); dir != "" {
			return filepath.Join(dir, "keep"), nil
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("notebook: finding a folder for kept values: %w", err)
	}
	return cacheFolder(filepath.Join(wd, programName()))
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

func cacheFolder(path string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = filepath.Join(os.TempDir(), fmt.Sprintf("cache-%d", os.Getuid()))
	}
	sum := sha256.Sum256([]byte(path))
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return filepath.Join(cache, "unstuck", "keep", plainName(base)+"-"+hex.EncodeToString(sum[:6])), nil
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
