package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever command is given a path that isn't there, or that goes through a file, says so in words, and not in those of a system call.
func TestPathsThatAreNotThere(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "notes.txt")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o644))
	none, deep, through := filepath.Join(folder, "nothere"), filepath.Join(folder, "nothere", "run"), filepath.Join(file, "run")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"diagnose", none}, "there is no " + none},
		{[]string{"diagnose", deep}, "there is no " + deep + ": the folder " + none + " isn't there"},
		{[]string{"diagnose", through}, "there is no " + through + ": " + file + " is no folder"},
		{[]string{"history", none}, "there is no " + none},
		{[]string{"history", through}, file + " is no folder"},
		{[]string{"fit", none}, "there is no " + none},
		{[]string{"diagnose", "--model", none + ".keras", "--data", none + ".npz"}, "there is no " + none + ".keras"},
	} {
		_, err := execute(t, c.args...)
		require.Error(t, err, c.args)
		said := told(t.Context(), err)
		require.Contains(t, said, c.says, c.args)
		for _, call := range []string{"stat ", "open ", "lstat ", "no such file", "not a directory"} {
			require.NotContains(t, said, call, c.args)
		}
	}
	denied := &fs.PathError{Op: "mkdir", Path: "/usr/run", Err: fs.ErrPermission}
	require.Equal(t, "a copy: you have no permission for /usr/run", pathInWords(fmt.Errorf("a copy: %w", denied)), "it may have been written")
	require.Equal(t, "a training: x", pathInWords(fmt.Errorf("a training: %w", errors.New("x"))), "other errors stay")
}
