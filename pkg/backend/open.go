package backend

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// Open opens, in this order:
//
//  1. what Options.Name or GOMLX_BACKEND asks for. It is an error if that can't be opened;
//  2. XLA on a GPU, when there is an NVIDIA device and a plugin for it;
//  3. XLA on the CPU, when there is a plugin for it, or Options.Install gets one;
//  4. pure Go.
//
// Plugins are looked for in the folders of PJRT_PLUGIN_LIBRARY_PATH; in the project's Python environment,
// .lab/venv under Options.Project, UNSTUCK_HOME or the module around the working directory; in the
// environments of VIRTUAL_ENV and CONDA_PREFIX; and where GoMLX's installer puts them. Pure Go, asked for,
// looks for none.
//
// A name that is not known, or that can't be had, is an error that says why and what to do; without being
// asked for anything, Open falls back and says so in [Backend.Reason]. Close the backend after use.
func Open(options Options) (*Backend, error) {
	return open(context.Background(), processEnvironment(), options, builtIn)
}

// Default opens the backend of the zero [Options] the first time it is called, and returns that one, or its
// error, ever after. It may be called from several goroutines.
func Default() (*Backend, error) { return openDefault() }

var openDefault = sync.OnceValues(func() (*Backend, error) { return Open(Options{}) })

// engines are what a choice is made among; tests put their own in place.
type engines struct {
	xla    func(Plugin, string) (compute.Backend, error) // nil if not built in
	golang func(string) (compute.Backend, error)
	try    func(Plugin) (trial, error)
}

var builtIn = func() engines {
	all := engines{golang: gobackend.New, try: tryInChild}
	if xlaBuiltIn {
		all.xla = openXLA
	}
	return all
}()

// opening serializes: the loader, go-xla's table of plugins and the logger are the process's own.
var opening sync.Mutex

func open(ctx context.Context, env environment, options Options, with engines) (*Backend, error) {
	asked, err := parseRequest(options, env.getenv)
	if err != nil {
		return nil, err
	}
	opening.Lock()
	defer opening.Unlock()
	c := choice{ctx: ctx, env: env, options: options, with: with, asked: asked}
	if asked.golang {
		return c.pureGo("asked for by " + asked.by)
	}
	if b := c.firstXLA(); b != nil {
		return b, nil
	}
	why := strings.Join(c.skipped, "; ")
	if asked.automatic() {
		return c.pureGo(why)
	}
	return nil, fmt.Errorf("backend: %q, asked for by %s, can't be opened: %s. %s", asked.text, asked.by, why, c.advice())
}
