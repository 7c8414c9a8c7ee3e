package kernels

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// linkScript is what the go command starts its tools through while it builds cells. For the linker of a cell it calls the
// program that follows, in the name of its own folder.
const linkScript = `#!/bin/sh
case "$1 $2" in
*"/link -V=full") ;;
*/link" "*) if [ -x %[1]s ]; then exec %[2]s "${0%%/*}" "$@"; fi ;;
esac
exec "$@"
`

// linkThrough puts a program into the folder programs that lets command, which calls [Link], link the cells. It returns
// the go command's flag for it, none where command is empty or the folder's path needs quotes in such a flag.
func linkThrough(programs string, command []string) (flag string, err error) {
	script := filepath.Join(programs, "toolexec")
	if len(command) == 0 || strings.ContainsAny(script, " \t\n'\"") {
		return "", nil
	}
	words := make([]string, len(command))
	for i, word := range command {
		words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	text := fmt.Sprintf(linkScript, words[0], strings.Join(words, " "))
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		return "", err
	}
	return "-toolexec=" + script, nil
}

// Link does what tool says, a command line of Go's linker that the go command has made for a cell, or less: a cell that
// only defines things has a program that does nothing, and linking it with all that the definitions use takes longer
// than everything else about such a cell. It gets the program that does nothing in its place, the one of the kernel's
// prelude, kept in programs.
//
// The go command has compiled the cell before, so what the compiler finds wrong is found. What only the linker
// finds (a function without a body, C code that is missing) shows in the first cell that runs something.
//
// A cell that was linked before, in this kernel or another, gets the program that was kept then: see [keptLink].
func Link(programs string, tool []string) error {
	out := slices.Index(tool, "-o") + 1
	cell, err := os.Getwd()
	if err != nil || out == 0 || out >= len(tool) || !isCell(cell, os.Getenv) {
		return become(tool)
	}
	nothing := filepath.Join(programs, "nothing")
	switch does(filepath.Join(cell, "main.go")) {
	case definitions:
		if copyProgram(nothing, tool[out]) == nil {
			return nil
		}
	case noDefinitions:
		if err := linkNow(tool); err != nil {
			return err
		}
		copyProgram(tool[out], nothing) // or the next cells are linked as ever
		return nil
	}
	again, known := keptLink(filepath.Join(programs, linkedFolder), cell, tool)
	if !known {
		return become(tool)
	}
	if again.put(tool[out]) == nil {
		return nil
	}
	if err := linkNow(tool); err != nil {
		return err
	}
	_ = again.keep(tool[out]) // or it is linked again
	return nil
}

// linkNow runs the linker and waits for it.
func linkNow(tool []string) error {
	linker := exec.Command(tool[0], tool[1:]...)
	linker.Stdin, linker.Stdout, linker.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := linker.Run(); err != nil {
		return fmt.Errorf("linking the cell: %w", err)
	}
	return nil
}

// isCell tells whether what is linked in the folder is GoNB's program of a cell: not that of a test, of a page, or of
// another module that a cell builds with a command.
func isCell(folder string, getenv func(string) string) bool {
	name := filepath.Base(folder)
	return strings.HasPrefix(name, "gonb_") && getenv("TOOLEXEC_IMPORTPATH") == name && getenv("GOARCH") != "wasm"
}

// become replaces this process by the program that the command line names.
func become(command []string) error {
	if len(command) == 0 {
		return errors.New("no linker was named")
	}
	return fmt.Errorf("starting %s: %w", command[0], syscall.Exec(command[0], command, os.Environ()))
}

// copyProgram makes a copy of a program, or nothing.
func copyProgram(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeProgram(to, 0o755, content)
}
