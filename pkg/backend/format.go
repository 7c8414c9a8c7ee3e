package backend

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
)

// machines maps Go's name of an architecture to ELF's.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// checkFormat reports a file that can't be a plugin for this machine, before the dynamic loader sees it:
// the loader maps a truncated library without complaint and the process dies of SIGBUS. Only ELF files, so
// those of Linux, are looked into; elsewhere the trial must suffice.
func checkFormat(path, goos, goarch string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the plugin can't be read: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("the plugin can't be read: %w", err)
	}
	switch {
	case info.IsDir():
		return fmt.Errorf("%s is a folder, not a plugin", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	case info.Size() == 0:
		return fmt.Errorf("%s is empty; install the plugin again", path)
	case goos != "linux":
		return nil
	}
	if err := checkComplete(file, path, info.Size()); err != nil {
		return err
	}
	return guard(func() error { return checkLibrary(file, path, goarch) })
}

// checkComplete compares the file's length with the end of the section table that its header announces,
// which linkers put last.
func checkComplete(file *os.File, path string, size int64) error {
	var header elf.Header64
	if size < int64(binary.Size(header)) {
		return fmt.Errorf("%s is not a shared library: it has only %d bytes; install the plugin again", path, size)
	}
	var magic [16]byte
	if _, err := file.ReadAt(magic[:], 0); err != nil {
		return fmt.Errorf("the plugin can't be read: %w", err)
	}
	if string(magic[:4]) != elf.ELFMAG {
		return fmt.Errorf("%s is not a shared library (no ELF file); install the plugin again", path)
	}
	if elf.Class(magic[elf.EI_CLASS]) != elf.ELFCLASS64 || elf.Data(magic[elf.EI_DATA]) != elf.ELFDATA2LSB {
		return fmt.Errorf("%s was built for another kind of machine (not 64-bit little-endian)", path)
	}
	if _, err := file.Seek(0, 0); err != nil {
		return fmt.Errorf("the plugin can't be read: %w", err)
	}
	if err := binary.Read(file, binary.LittleEndian, &header); err != nil {
		return fmt.Errorf("the plugin can't be read: %w", err)
	}
	needs := header.Shoff + uint64(header.Shnum)*uint64(header.Shentsize)
	if needs < header.Shoff || needs > uint64(size) {
		return fmt.Errorf("%s is truncated: it has %d bytes of at least %d; install the plugin again", path, size, needs)
	}
	return nil
}

// checkLibrary looks for what every plugin has: this machine's code, and the one function it exports.
func checkLibrary(file *os.File, path, goarch string) error {
	library, err := elf.NewFile(file)
	if err != nil {
		return fmt.Errorf("%s is damaged: %w; install the plugin again", path, err)
	}
	if want, known := machines[goarch]; known && library.Machine != want {
		return fmt.Errorf("%s was built for another machine: %v, this program runs on %v", path, library.Machine, want)
	}
	if library.Type != elf.ET_DYN {
		return fmt.Errorf("%s is no shared library but %v", path, library.Type)
	}
	symbols, err := library.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("%s is damaged: %w; install the plugin again", path, err)
	}
	for _, symbol := range symbols {
		if symbol.Name == "GetPjrtApi" && symbol.Section != elf.SHN_UNDEF {
			return nil
		}
	}
	return fmt.Errorf("%s is a shared library but no PJRT plugin: it doesn't export GetPjrtApi", path)
}
