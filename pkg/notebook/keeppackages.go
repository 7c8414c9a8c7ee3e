package notebook

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// localPackages digests the packages that are worked on where they lie (those of the project), among the given ones and
// all that they import; and which versions of the others are used.
func localPackages(cell string, imports []string) string {
	modules := localModules(cell)
	var parts []string
	for _, file := range []string{"go.mod", "go.sum"} {
		parts = append(parts, withoutFolders(filepath.Join(cell, file)))
	}
	for _, m := range modules {
		for _, file := range []string{"go.mod", "go.sum"} {
			digest, err := digestFile(filepath.Join(m.folder, file))
			if err != nil {
				digest = ""
			}
			parts = append(parts, m.path, digest)
		}
	}
	seen := map[string]bool{}
	for todo := imports; len(todo) > 0; todo = todo[1:] {
		folder := folderOf(modules, todo[0])
		if folder == "" || seen[folder] {
			continue
		}
		seen[folder] = true
		digest, next := packageDigest(folder)
		parts = append(parts, todo[0]+" "+digest)
		todo = append(todo, next...)
	}
	slices.Sort(parts)
	return digestText(parts...)
}

// localModule is one that is used from a folder instead of a version.
type localModule struct{ path, folder string }

// localModules are those that GoNB's go.work and go.mod name by their folders.
func localModules(cell string) (modules []localModule) {
	seen := map[string]bool{}
	for _, file := range []string{"go.work", "go.mod"} {
		text, _ := os.ReadFile(filepath.Join(cell, file))
		for line := range strings.Lines(string(text)) {
			words := strings.TrimSpace(line)
			for _, prefix := range []string{"use ", "replace "} {
				words = strings.TrimPrefix(words, prefix)
			}
			if _, after, ok := strings.Cut(words, "=>"); ok {
				words = after
			}
			folder := strings.TrimSpace(words)
			if unquoted, err := strconv.Unquote(folder); err == nil {
				folder = unquoted
			}
			if folder == "" || folder == "." {
				continue
			}
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(cell, folder)
			}
			definition, err := os.ReadFile(filepath.Join(folder, "go.mod"))
			if err != nil || seen[folder] {
				continue
			}
			seen[folder] = true
			modules = append(modules, localModule{modulePath(string(definition)), folder})
		}
	}
	return modules
}

func modulePath(definition string) string {
	for line := range strings.Lines(definition) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			path, _, _ = strings.Cut(path, "//")
			path = strings.TrimSpace(path)
			if unquoted, err := strconv.Unquote(path); err == nil {
				return unquoted
			}
			return path
		}
	}
	return ""
}

// withoutFolders is a go.mod of GoNB's without what differs from kernel to kernel: its name, and where folders lie that
// stand for modules. What is in those is digested as it is.
func withoutFolders(file string) string {
	text, _ := os.ReadFile(file)
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		_, to, replaced := strings.Cut(line, "=>")
		if fields := strings.Fields(to); strings.HasPrefix(line, "module ") || replaced && (len(fields) < 2 || !strings.HasPrefix(fields[len(fields)-1], "v")) {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// folderOf is where a package lies, "" for one that is used in a fixed version.
func folderOf(modules []localModule, path string) string {
	for _, m := range modules {
		if path == m.path {
			return m.folder
		}
		if below, ok := strings.CutPrefix(path, m.path+"/"); ok && m.path != "" {
			return filepath.Join(m.folder, filepath.FromSlash(below))
		}
	}
	return ""
}

// packageDigest digests what a package is built from, and lists what it imports.
func packageDigest(folder string) (digest string, imports []string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", nil
	}
	var parts []string
	for _, e := range entries {
		name := e.Name()
		if !e.Type().IsRegular() || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".md") || strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(folder, name)
		content, err := digestFile(path)
		if err != nil {
			content = fmt.Sprint(err)
		}
		parts = append(parts, name, content)
		if filepath.Ext(name) != ".go" {
			continue
		}
		if file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly); err == nil {
			for _, spec := range file.Imports {
				imports = append(imports, importPath(spec))
			}
		}
	}
	return digestText(parts...), imports
}
