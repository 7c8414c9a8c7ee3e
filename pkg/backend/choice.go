package backend

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/gomlx/compute"
)

// choice is one run through the order of Open.
type choice struct {
	ctx     context.Context
	env     environment
	options Options
	with    engines
	asked   request
	skipped []string // one sentence for each thing that could not be had, in order
}

func (c *choice) skip(format string, args ...any) {
	c.skipped = append(c.skipped, fmt.Sprintf(format, args...))
}

// PureGoSettings are those of the pure-Go backend where none are asked for: it executes the operations of a program one after the other. Those of
// small models are over before another goroutine has begun, so that sharing them out takes twice as long, and each of the large ones uses
// all cores.
const PureGoSettings = "ops_sequential"

func (c *choice) pureGo(why string) (*Backend, error) {
	var opened compute.Backend
	err := guard(func() (err error) {
		opened, err = c.with.golang(cmp.Or(c.asked.settings, PureGoSettings))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("backend: the pure-Go backend can't be opened: %w", firstLine(err))
	}
	return &Backend{Backend: opened, name: Go, reason: "pure Go: " + why}, nil
}

// firstXLA opens the first plugin that fits the request and works, or returns nil with skipped filled in.
func (c *choice) firstXLA() *Backend {
	if c.with.xla == nil {
		c.skip("XLA is not built into this program (it needs cgo, no tag noxla, and Linux or macOS)")
		return nil
	}
	if c.asked.plugin != "" {
		p := describe(c.asked.plugin, place{})
		p.Platform = c.asked.platform
		return c.openPlugin(p)
	}
	plugins := c.env.plugins(c.options)
	for _, platform := range []string{"cuda", "cpu"} {
		if c.asked.platform != "" && c.asked.platform != platform {
			continue
		}
		if b := c.firstOf(platform, plugins); b != nil {
			return b
		}
	}
	return nil
}

func (c *choice) firstOf(platform string, plugins []Plugin) *Backend {
	if platform == "cuda" && len(c.env.gpus()) == 0 {
		c.skip("no NVIDIA GPU is visible here (no /dev/nvidia0)")
		return nil
	}
	found := false
	for _, p := range plugins {
		if p.Platform != platform {
			continue
		}
		found = true
		if b := c.openPlugin(p); b != nil {
			return b
		}
	}
	if found {
		return nil
	}
	c.skip("no XLA plugin for %s was found", device(platform))
	if platform != "cpu" || c.options.Install == nil {
		return nil
	}
	if err := guard(func() error { return c.options.Install(c.ctx, c.env.installed()[0]) }); err != nil {
		c.skip("%v", err)
		return nil
	}
	for _, p := range c.env.plugins(c.options) {
		if p.Platform == platform {
			return c.openPlugin(p)
		}
	}
	c.skip("Options.Install left no plugin in %s", c.env.installed()[0])
	return nil
}

func (c *choice) openPlugin(p Plugin) *Backend {
	verified, err := c.env.verify(p, c.with.try)
	if err != nil {
		c.skip("%v", err)
		return nil
	}
	opened, err := c.with.xla(verified, c.asked.settings)
	if err != nil {
		c.skip("%v", err)
		return nil
	}
	why := "asked for by " + c.asked.by
	if c.asked.automatic() {
		why = "the first choice that is there"
		if len(c.skipped) > 0 {
			why = strings.Join(c.skipped, "; ")
		}
	}
	return &Backend{
		Backend: opened, name: "xla:" + p.Platform, plugin: &verified,
		reason: fmt.Sprintf("XLA on %s, plugin %v: %s", device(p.Platform), verified, why),
	}
}

// advice says what the person who asked can do.
func (c *choice) advice() string {
	const instead = `use "go", which always works`
	switch {
	case c.with.xla == nil:
		return "Build with CGO_ENABLED=1 and a C compiler, or " + instead
	case c.asked.plugin != "":
		return "Name another plugin file, or " + instead
	case c.asked.platform == "cuda":
		return `Install an NVIDIA driver and the package jax-cuda13-pjrt in the project's environment, or use "xla:cpu" or "go"`
	default:
		return "Run make lab or unstuck backend install to install the plugin, set PJRT_PLUGIN_LIBRARY_PATH to the folder of a pjrt_c_api_cpu_plugin.so, or " + instead
	}
}

func device(platform string) string {
	if platform == "cuda" {
		return "an NVIDIA GPU"
	}
	return "the CPU"
}
