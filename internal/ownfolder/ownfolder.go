// Package ownfolder makes folders for what is executed later, such as compiled programs: whoever can write there runs code as the
// user.
package ownfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Make makes a folder that only this user can reach, with the folders above it, or looks at the one that is there. It is an error if it can't be
// made, is a link or no folder, belongs to another user, or is open to others.
func Make(folder string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder", folder)
	}
	if !mine(info) {
		return fmt.Errorf("%s belongs to another user", folder)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is open to other users, who could leave code there; chmod 700 it if it is a folder for compiled programs alone, or name another", folder)
	}
	return nil
}
