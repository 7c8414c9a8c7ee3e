package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// mcpFolders are the folders that a program which speaks to the server may have read, and nothing outside of them. What is read is copied
// first, through an [os.Root], so that no link leads out, not even one that is put there meanwhile.
type mcpFolders struct {
	roots []mcpRoot
	bytes int64 // of one call, at most
	files int
}

type mcpRoot struct {
	*os.Root
	path string // absolute
}

// deepest is how many folders within each other are copied: enough for the logs of several runs.
const deepest = 4

func openFolders(paths []string, bytes int64) (*mcpFolders, error) {
	f := &mcpFolders{bytes: bytes, files: 4096}
	for _, path := range paths {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		root, err := os.OpenRoot(absolute)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		f.roots = append(f.roots, mcpRoot{root, absolute})
	}
	return f, nil
}

// Close gives the folders back.
func (f *mcpFolders) Close() error {
	var all error
	for _, r := range f.roots {
		all = errors.Join(all, r.Close())
	}
	return all
}

// names lists the folders.
func (f *mcpFolders) names() string {
	var names []string
	for _, r := range f.roots {
		names = append(names, r.path)
	}
	return strings.Join(names, ", ")
}

// find is the root that a path lies in, and where: of an absolute path the one around it, of another the first that has it.
func (f *mcpFolders) find(path string) (mcpRoot, string, error) {
	inside := false
	for _, r := range f.roots {
		at := path
		if filepath.IsAbs(path) {
			var err error
			if at, err = filepath.Rel(r.path, path); err != nil {
				continue
			}
		}
		if at = filepath.Clean(at); !filepath.IsLocal(at) {
			continue
		}
		inside = true
		_, err := r.Stat(at)
		switch {
		case err == nil:
			return r, at, nil
		case !errors.Is(err, fs.ErrNotExist):
			return mcpRoot{}, "", fmt.Errorf("%s: %w", path, plainly(err))
		}
	}
	if !inside {
		return mcpRoot{}, "", fmt.Errorf("%s lies outside of the folders that may be read: %s", path, f.names())
	}
	return mcpRoot{}, "", fmt.Errorf("%s: there is no such file or folder in %s", path, f.names())
}

// copied copies a file, or a folder with what it holds but for hidden files, into another folder and gives its path there.
func (f *mcpFolders) copied(ctx context.Context, path, into string) (string, error) {
	r, at, err := f.find(path)
	if err != nil {
		return "", err
	}
	// The name may be what tells the format, and is told in remarks.
	to := filepath.Join(into, filepath.Base(filepath.Join(r.path, at)))
	c := &copying{ctx: ctx, root: r.Root, bytes: f.bytes, files: f.files, limits: *f}
	return to, c.copy(at, to, 0)
}

// copying is one call's, with what it may still take.
type copying struct {
	ctx    context.Context
	root   *os.Root
	bytes  int64
	files  int
	limits mcpFolders
}

func (c *copying) copy(from, to string, depth int) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	info, err := c.root.Stat(from)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", from, plainly(err))
	case info.IsDir():
		return c.folder(from, to, depth)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", from)
	}
	if c.files--; c.files < 0 {
		return fmt.Errorf("there are more than %d files in it: name a folder that holds the training alone", c.limits.files)
	}
	// Not to wait for whoever put a pipe in its place meanwhile.
	in, err := c.root.OpenFile(from, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("%s: %w", from, plainly(err))
	}
	defer in.Close()
	if info, err = in.Stat(); err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", from)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	n, err := io.Copy(out, &bounded{c.ctx, io.LimitReader(in, c.bytes+1)})
	if c.bytes -= n; c.bytes < 0 {
		return fmt.Errorf("there are more than %d MiB in it: name a folder that holds the training alone, or start the server with a higher --most", c.limits.bytes>>20)
	}
	return err
}

func (c *copying) folder(from, to string, depth int) error {
	if depth == deepest {
		return nil
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	open, err := c.root.Open(from)
	if err != nil {
		return fmt.Errorf("%s: %w", from, plainly(err))
	}
	defer open.Close()
	entries, err := open.ReadDir(c.limits.files + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		name := filepath.Join(from, e.Name())
		switch kind := e.Type(); {
		case kind.IsDir(), kind.IsRegular(), kind&fs.ModeSymlink != 0:
			if err := c.copy(name, filepath.Join(to, e.Name()), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// bounded ends a read with its context.
type bounded struct {
	ctx context.Context
	io.Reader
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}

// plainly is an error of an [os.Root] without the names of its calls; a link that leads out is called one.
func plainly(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if strings.Contains(err.Error(), "escapes") {
		return errors.New("it leads out of the folders that may be read")
	}
	return err
}
