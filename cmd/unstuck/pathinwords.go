package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// pathInWords is an error's text with what the system says of a path in a person's words: which file or folder isn't there, and which part of the path is a file where a
// folder is needed.
func pathInWords(err error) string {
	text := err.Error()
	var of *fs.PathError
	if !errors.As(err, &of) {
		return text
	}
	said := ""
	switch {
	case errors.Is(of.Err, fs.ErrNotExist):
		said = fmt.Sprintf("there is no %s", of.Path)
		if at := missing(of.Path); at != of.Path {
			said += fmt.Sprintf(": the folder %s isn't there", at)
		}
	case errors.Is(of.Err, syscall.ENOTDIR):
		said = fmt.Sprintf("there is no %s: %s is no folder", of.Path, fileWithin(of.Path))
	case errors.Is(of.Err, fs.ErrPermission):
		said = fmt.Sprintf("you have no permission for %s", of.Path) // to read it, or to write there
	default:
		return text
	}
	return strings.Replace(text, of.Error(), said, 1)
}

// missing is the first part of a path that isn't there.
func missing(path string) string {
	for {
		above := filepath.Dir(path)
		if above == path {
			return path
		}
		if _, err := os.Stat(above); err == nil {
			return path
		}
		path = above
	}
}

// fileWithin is the part of a path that is no folder, though the path goes on behind it.
func fileWithin(path string) string {
	for above := filepath.Dir(path); above != filepath.Dir(above); above = filepath.Dir(above) {
		if info, err := os.Stat(above); err == nil && !info.IsDir() {
			return above
		}
	}
	return filepath.Dir(path)
}
