// Package backend opens what graphs are executed on, and says which one it chose and why.
//
// There are three: XLA on an NVIDIA GPU ("xla:cuda") and XLA on the CPU ("xla:cpu"), each through a PJRT
// plugin, a shared library that is looked for in the project's Python environment and a few other places
// (see [Open]); and GoMLX's backend in pure Go ("go"), which is part of the program and always works.
//
// A plugin is native code, so it is looked at before it enters the process: its file format, its SHA-256
// where this project pins one, and, the first time, a trial in a process of its own, so that one that
// crashes takes nobody with it. The outcome is kept in a small record beside the environment; later starts
// compare the file's identity with it and cost no more than loading the plugin.
//
//	b, err := backend.Open(backend.Options{})          // the best there is
//	fmt.Println(b.Name(), b.Reason())                  // which one, and why
//	b, err = backend.Open(backend.Options{Name: "go"}) // this one or an error
//
// Nothing needs to be opened by hand: fit.Compile takes [Default] where it is given none. What there is, and what is
// wrong with what isn't taken, [Survey] tells; `unstuck backend` prints it.
//
// The package builds without cgo and with the tag noxla; XLA is then reported as not built in.
package backend

import (
	"sync"

	"github.com/gomlx/compute"
)

// Names of the backends, as [Options] and the environment variable GOMLX_BACKEND take them.
const (
	Go      = "go"       // pure Go, always there
	XLACPU  = "xla:cpu"  // XLA on the CPU
	XLACUDA = "xla:cuda" // XLA on an NVIDIA GPU
)

// Backend is an open GoMLX backend that knows how it came to be chosen. [Open] and [Default] make it; the zero
// Backend is not usable.
//
// Package fit takes it as it is. To GoMLX's own trainers, data sets and tensors give the field, b.Backend: they
// compare backends, and a buffer belongs to the one inside.
type Backend struct {
	compute.Backend

	name   string
	reason string
	plugin *Plugin // nil for pure Go
	close  sync.Once
}

// Name returns [Go], [XLACPU] or [XLACUDA].
func (b *Backend) Name() string { return b.name }

// String returns Name.
func (b *Backend) String() string { return b.name }

// Reason says in one line which backend this is and why it was chosen, over those before it in the order
// of [Open].
func (b *Backend) Reason() string { return b.reason }

// Plugin returns the PJRT plugin that executes, and false for pure Go, which has none.
func (b *Backend) Plugin() (Plugin, bool) {
	if b.plugin == nil {
		return Plugin{}, false
	}
	return *b.plugin, true
}

// Devices describes the devices of the backend, in the order of their numbers. It is empty once the backend
// is closed.
func (b *Backend) Devices() []string {
	if b.Backend.IsFinalized() {
		return nil
	}
	devices := make([]string, b.NumDevices())
	for i := range devices {
		devices[i] = b.DeviceDescription(compute.DeviceNum(i))
	}
	return devices
}

// Close releases the devices; tensors and executables on them become invalid. Closing again does nothing.
// Leave the [Default] backend open: everyone in the process shares it.
func (b *Backend) Close() error {
	var err error
	b.close.Do(func() { err = guard(func() error { b.Finalize(); return nil }) })
	return err
}
