package loop

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/unstuck/internal/excerpt"
)

// keptBeside are the files of a recording beside recording.json and its steps, and what is missing without them.
var keptBeside = map[string][]struct{ name, without string }{
	torchFramework: {
		{"model.pt2", "gradients weren't replayed, and model and data can't be examined"},
		{"loss.pt2", "model and data can't be examined with that loss"},
		{"training.json", "model and data can't be examined"},
		{"data.npz", "model and data can't be examined"},
	},
	kerasFramework: {
		{"model.keras", "gradients weren't replayed, and model and data can't be examined"},
		{"fit.json", "model and data can't be examined"},
		{"data.npz", "model and data can't be examined"},
	},
}

// damaged are the files of the recording that can't be read, each with what that means, and their names. They needn't be those that a replay reads:
// whoever looks at the loop alone learns here that the rest is lost. That the recorder couldn't write a file is among its notes, and no damage.
func (r *Recording) damaged() (said, names []string) {
	there := map[string]bool{}
	for _, file := range keptBeside[r.Framework] {
		path := filepath.Join(r.Folder, file.name)
		err := whole(path)
		there[file.name] = !errors.Is(err, fs.ErrNotExist)
		if err != nil && there[file.name] {
			said, names = append(said, fmt.Sprintf("%s is damaged (%s): %s. Record the loop again", file.name, excerpt.Of(err.Error(), 200), file.without)), append(names, file.name)
		}
	}
	for _, file := range keptBeside[r.Framework] {
		if !there[file.name] && r.hadFile(file.name, there) {
			said, names = append(said, fmt.Sprintf("%s is missing: %s. Record the loop again", file.name, file.without)), append(names, file.name)
		}
	}
	return said, names
}

// hadFile reports whether a recording must have had a file that isn't there: data and what is said of them are written together, and a
// model is there unless a note says why not.
func (r *Recording) hadFile(name string, there map[string]bool) bool {
	switch name {
	case "data.npz":
		return there["training.json"] || there["fit.json"]
	case "training.json", "fit.json":
		return there["data.npz"]
	case "model.pt2", "model.keras":
		return len(r.Steps) > 0 && (there["data.npz"] || !slices.ContainsFunc(r.Notes, func(note string) bool { return strings.HasPrefix(note, "the model isn't") })) && r.arrayed() > 0
	}
	return false
}

// whole reads a file to its end, and says why it isn't one that was written whole.
func whole(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	case info.Size() > maxBytes:
		return fmt.Errorf("it has more than %d MiB", maxBytes>>20)
	}
	if filepath.Ext(path) == ".json" {
		content, err := os.ReadFile(path)
		if err == nil && !json.Valid(content) {
			err = errors.New("it is no whole JSON")
		}
		return err
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close()
	left := int64(maxBytes)
	for _, entry := range archive.File {
		content, err := entry.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", excerpt.Of(entry.Name, 100), err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(content, left+1)) // to its end, where its sum is compared
		content.Close()
		switch left -= n; {
		case left < 0:
			return fmt.Errorf("it unpacks to more than %d MiB", maxBytes>>20)
		case err != nil:
			return fmt.Errorf("%s: %w", excerpt.Of(entry.Name, 100), err)
		}
	}
	return nil
}

// meaningOf is the meaning of a verdict with what qualifies it: that gradients weren't compared of a loop that is called correct, and which files are damaged.
func (r *Recording) meaningOf(c Cause, all *replays, damaged []string) string {
	text := r.meaning(c)
	if c == Correct && all.program == nil {
		text = "The loop does what it claims, as far as it was compared: losses and updates. Gradients weren't replayed, as the model can't be computed here: those that the model changes on their way, or that are another loss's, wouldn't have shown."
	}
	return unread(text, damaged)
}

// unread is a verdict with the files of its recording that can't be read.
func unread(verdict string, damaged []string) string {
	if len(damaged) == 0 {
		return verdict
	}
	return verdict + " Of this recording can't be read: " + strings.Join(damaged, ", ") + "."
}
