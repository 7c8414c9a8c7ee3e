package kernels

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/internal/ownfolder"
)

// linkedFolder is the folder of kept programs, in that of a kernel's programs.
const linkedFolder = "linked"

// keptPrograms bounds the folder of kept programs, in bytes: a cell that trains and draws has one of 11 MB.
const keptPrograms = 512 << 20

// largestProgram bounds what is believed of the size of one.
const largestProgram = 1 << 30

// A linkedCell describes a cell's program as the linker made it, so that it can stand for the program of the same cell in
// another kernel. It is the first line of the file that keeps the program.
type linkedCell struct {
	// Folder is where the cell was compiled, which the program names in its traces. Its last part is the name of the
	// cell's module.
	Folder string `json:"folder"`
	// BuildID is the go command's, by which it knows that a program is there already.
	BuildID string `json:"buildID"`
	// Sum is the CRC-32 of the program: after a power cut, a file may have its size and zeros.
	Sum uint32 `json:"sum"`
}

// A cellLink is the linking of a cell that may have been linked before.
type cellLink struct {
	kept string // the file that keeps the program, there or not
	cell linkedCell
}

// contentFile is a file of the go command's cache that holds what its name hashes.
var contentFile = regexp.MustCompile(`[/\\][0-9a-f]{2}[/\\][0-9a-f]{64}-d$`)

// keptLink looks for what the linker's command line, in the folder of a cell, would make. It returns false where the line doesn't tell
// everything that goes into the program: packages that aren't in the go command's cache yet, C code, embedded files.
//
// The name of the file hashes the cell's own source and go.mod, the contents of all other packages by the hashes under which the go command
// keeps them, the flags, the settings that the go command notes in the program, and the linker. The folder counts by its
// length alone: one path is put in another's place.
func keptLink(folder, cell string, tool []string) (cellLink, bool) {
	link := cellLink{cell: linkedCell{Folder: cell}}
	key := sha256.New()
	name := filepath.Base(cell)
	write := func(text string) {
		text = strings.ReplaceAll(strings.ReplaceAll(text, filepath.Dir(cell), "kernel"), name, "gonb")
		fmt.Fprintf(key, "%d %s\n", len(text), text)
	}
	fmt.Fprintf(key, "%d\n", len(cell))
	write(tool[0])
	packages := ""
	for i := 1; i < len(tool)-1; i++ {
		word := tool[i]
		switch {
		case word == "-o":
			i++
		case word == "-importcfg":
			i++
			packages = tool[i]
		case strings.HasPrefix(word, "-buildid="):
			link.cell.BuildID = strings.TrimPrefix(word, "-buildid=")
		default:
			write(word)
		}
	}
	content, err := os.ReadFile(packages)
	if err != nil || link.cell.BuildID == "" {
		return link, false
	}
	settings := false
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "packagefile "+name+"="): // it names its folder, so its source counts
		case strings.HasPrefix(line, "packagefile "):
			packagePath, file, _ := strings.Cut(line, "=")
			if !contentFile.MatchString(file) {
				return link, false
			}
			write(packagePath + "=" + filepath.Base(file))
		default:
			settings = settings || strings.HasPrefix(line, "modinfo ")
			write(line)
		}
	}
	sources, err := cellSources(cell)
	if err != nil || !settings {
		return link, false
	}
	for _, source := range sources {
		write(source)
	}
	link.kept = filepath.Join(folder, hex.EncodeToString(key.Sum(nil)))
	return link, true
}

// cellSources returns the contents of all that the cell's own package is compiled of.
func cellSources(cell string) ([]string, error) {
	entries, err := os.ReadDir(cell)
	if err != nil {
		return nil, err
	}
	var sources []string
	for _, entry := range entries {
		file := entry.Name()
		switch filepath.Ext(file) {
		case ".go", ".mod":
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			content, err := os.ReadFile(filepath.Join(cell, file))
			if err != nil {
				return nil, err
			}
			if bytes.Contains(content, []byte("go:embed")) || bytes.Contains(content, []byte(`import "C"`)) {
				return nil, errors.New("more than its source goes into the cell")
			}
			sources = append(sources, file, string(content))
		case ".s", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".f", ".swig", ".swigcxx", ".syso", ".S":
			return nil, errors.New("more than Go goes into the cell")
		}
	}
	return sources, nil
}

// put writes the kept program to a file, as if it were linked in this cell's folder.
func (l cellLink) put(to string) error {
	content, err := os.ReadFile(l.kept)
	if err != nil {
		return err
	}
	line, packed, _ := bytes.Cut(content, []byte("\n"))
	var was linkedCell
	if err := json.Unmarshal(line, &was); err != nil {
		return fmt.Errorf("kept program %s: %w", l.kept, err)
	}
	program, err := unpack(packed)
	if err != nil {
		return fmt.Errorf("kept program %s: %w", l.kept, err)
	}
	if crc32.ChecksumIEEE(program) != was.Sum || len(was.Folder) != len(l.cell.Folder) || len(was.BuildID) != len(l.cell.BuildID) {
		return fmt.Errorf("kept program %s: not what was kept", l.kept)
	}
	for _, pair := range [][2]string{
		{was.BuildID, l.cell.BuildID},
		{was.Folder, l.cell.Folder},
		{filepath.Base(was.Folder), filepath.Base(l.cell.Folder)},
	} {
		patch(program, pair[0], pair[1])
	}
	if err := writeProgram(to, 0o755, program); err != nil {
		return err
	}
	now := time.Now()
	_ = os.Chtimes(l.kept, now, now) // the one used least lately goes first
	return nil
}

// unpack returns what S2 has packed.
func unpack(packed []byte) ([]byte, error) {
	size, err := s2.DecodedLen(packed)
	if err != nil {
		return nil, err
	}
	if size > largestProgram {
		return nil, fmt.Errorf("it says that it has %d bytes", size)
	}
	return s2.Decode(nil, packed)
}

// patch puts one text in another's place, both of one length, so that no offset in a program changes.
func patch(program []byte, from, to string) {
	if from == to || len(from) != len(to) {
		return
	}
	for at := 0; ; at += len(from) {
		next := bytes.Index(program[at:], []byte(from))
		if next < 0 {
			return
		}
		at += next
		copy(program[at:], to)
	}
}

// keep keeps the program that was linked, and drops those used least lately. Where it can't, the cell is linked once more.
func (l cellLink) keep(program string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	l.cell.Sum = crc32.ChecksumIEEE(content)
	line, err := json.Marshal(l.cell)
	if err != nil {
		return err
	}
	folder := filepath.Dir(l.kept)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	// The disk is what a kept program waits for, once other programs have had the memory: S2 halves it in 30 ms.
	if err := writeProgram(l.kept, 0o600, line, []byte("\n"), s2.Encode(nil, content)); err != nil {
		return err
	}
	return dropOld(folder, keptPrograms)
}

// dropOld removes the files used least lately until the rest has at most so many bytes.
func dropOld(folder string, most int64) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var files []os.FileInfo
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), atomicfile.Temporary) {
			err = errors.Join(err, atomicfile.RemoveAbandoned(filepath.Join(folder, entry.Name())))
		} else if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, info := range files {
		if most -= info.Size(); most < 0 {
			err = errors.Join(err, os.Remove(filepath.Join(folder, info.Name())))
		}
	}
	return err
}

// writeProgram writes a file whole or not at all, also where two kernels write the same one.
func writeProgram(to string, mode fs.FileMode, parts ...[]byte) error {
	return atomicfile.Replace(to, mode, func(w io.Writer) error {
		for _, part := range parts {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
}

// linkKept makes the folder linked in programs, where cells' programs are kept: the project's own, so that the next kernel finds
// them, or one that goes with the kernel where the project can't be written, or where others could leave programs.
func linkKept(p Project, programs string) error {
	folder, linked := filepath.Join(p.lab(), "cells"), filepath.Join(programs, linkedFolder)
	if ownfolder.Make(folder) != nil || writableCache(folder, programs) != folder {
		return os.Mkdir(linked, 0o700)
	}
	return os.Symlink(folder, linked)
}
