package backend

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckFormatRefusesWhatIsNoPlugin(t *testing.T) {
	header := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Shoff: 4096, Shentsize: 64, Shnum: 2}
	copy(header.Ident[:], []byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1})
	encode := func(change func(*elf.Header64), size int) []byte {
		h := header
		change(&h)
		var b bytes.Buffer
		require.NoError(t, binary.Write(&b, binary.LittleEndian, h))
		return append(b.Bytes(), make([]byte, size)...)
	}
	for name, test := range map[string]struct {
		content []byte
		says    string
	}{
		"empty":           {nil, "is empty"},
		"short":           {[]byte("\x7fELF"), "it has only 4 bytes"},
		"text":            {bytes.Repeat([]byte("not found\n"), 20), "no ELF file"},
		"truncated":       {encode(func(*elf.Header64) {}, 100), "is truncated: it has 164 bytes of at least 4224"},
		"absurd length":   {encode(func(h *elf.Header64) { h.Shoff = 1<<64 - 2 }, 100), "is truncated"},
		"32 bits":         {encode(func(h *elf.Header64) { h.Ident[elf.EI_CLASS] = byte(elf.ELFCLASS32) }, 100), "another kind of machine"},
		"another machine": {encode(func(h *elf.Header64) { h.Machine = uint16(elf.EM_RISCV); h.Shoff, h.Shnum = 0, 0 }, 100), "another machine: EM_RISCV"},
		"an executable":   {encode(func(h *elf.Header64) { h.Type = uint16(elf.ET_EXEC); h.Shoff, h.Shnum = 0, 0 }, 100), "no shared library but ET_EXEC"},
		"zeros inside":    {encode(func(*elf.Header64) {}, 8192), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pjrt_c_api_cpu_plugin.so")
			require.NoError(t, os.WriteFile(path, test.content, 0o644))
			require.ErrorContains(t, checkFormat(path, "linux", "amd64"), test.says)
		})
	}
	require.ErrorContains(t, checkFormat(t.TempDir(), "linux", "amd64"), "is a folder")
	require.ErrorContains(t, checkFormat(filepath.Join(t.TempDir(), "gone.so"), "linux", "amd64"), "can't be read")
}

func TestCheckFormatOfRealLibraries(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux: only ELF libraries are looked into")
	}
	good := compile(t, `void *GetPjrtApi(void) { return 0; }`)
	require.NoError(t, checkFormat(good, runtime.GOOS, runtime.GOARCH))
	require.ErrorContains(t, checkFormat(compile(t, `int other;`), runtime.GOOS, runtime.GOARCH), "doesn't export GetPjrtApi")

	whole, err := os.ReadFile(good)
	require.NoError(t, err)
	for _, size := range []int{100, len(whole) / 2, len(whole) - 1} {
		require.NoError(t, os.WriteFile(good, whole[:size], 0o644))
		require.ErrorContains(t, checkFormat(good, runtime.GOOS, runtime.GOARCH), "truncated")
	}
}

// compile builds a shared library from C.
func compile(t *testing.T, source string) string {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("needs a C compiler (cc) to make a library with")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "plugin.c")
	require.NoError(t, os.WriteFile(file, []byte(source), 0o644))
	library := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	out, err := exec.Command(compiler, "-shared", "-fPIC", "-o", library, file).CombinedOutput()
	require.NoError(t, err, string(out))
	return library
}
