package backend

import (
	"context"
	"time"
)

// Report is the full story of a choice, for people and, as JSON, for scripts.
type Report struct {
	// Chosen is the backend's name and Reason its one line; both are empty when Error says why none opened.
	Chosen string `json:"chosen"`
	Reason string `json:"reason"`
	Error  string `json:"error,omitempty"`
	// Description is GoMLX's own, and Devices lists what the chosen backend executes on.
	Description string   `json:"description,omitempty"`
	Devices     []string `json:"devices,omitempty"`
	// Programs are the compiled programs that the chosen backend keeps on disk.
	Programs Programs `json:"programs"`
	// OpenSeconds is how long opening took, verification of its plugin included where that was due.
	OpenSeconds float64 `json:"open_seconds"`
	// XLABuiltIn tells whether this program can load plugins at all.
	XLABuiltIn bool `json:"xla_built_in"`
	// Plugins lists every plugin found, in order of preference, each verified; Plugin.Problem says what is
	// wrong with one. Searched lists the folders looked into, in the same order, whether they exist or not.
	Plugins  []Plugin `json:"plugins"`
	Searched []string `json:"searched"`
	// GPUs lists the device files of NVIDIA GPUs.
	GPUs []string `json:"gpus"`
	// Environment holds the variables that matter to the choice and are set.
	Environment map[string]string `json:"environment"`
}

// Survey looks at everything that [Open] would with the same options, opens the backend, closes it again,
// and reports. It never fails: what went wrong is part of the report. When ctx is canceled it leaves the
// remaining plugins unverified and says so in their Problem.
func Survey(ctx context.Context, options Options) Report {
	return survey(ctx, processEnvironment(), options, builtIn)
}

func survey(ctx context.Context, env environment, options Options, with engines) Report {
	r := Report{XLABuiltIn: with.xla != nil, GPUs: env.gpus(), Environment: env.mattering()}
	start := time.Now()
	b, err := open(ctx, env, options, with)
	r.OpenSeconds = time.Since(start).Seconds()
	if err != nil {
		r.Error = err.Error()
	} else {
		r.Chosen, r.Reason, r.Description, r.Devices, r.Programs = b.Name(), b.Reason(), b.Description(), b.Devices(), b.Programs()
		if err := b.Close(); err != nil {
			r.Error = err.Error()
		}
	}
	for _, at := range env.places(options) {
		r.Searched = append(r.Searched, at.dir)
	}
	for _, p := range env.plugins(options) {
		r.Plugins = append(r.Plugins, inspect(ctx, env, p, with))
	}
	return r
}

// inspect verifies a plugin where that makes sense; the error is in its Problem.
func inspect(ctx context.Context, env environment, p Plugin, with engines) Plugin {
	switch {
	case with.xla == nil:
		p.Problem = "XLA is not built into this program"
	case p.Platform == "cuda" && len(env.gpus()) == 0:
		p.Problem = "not tried: no NVIDIA GPU is visible here"
	case ctx.Err() != nil:
		p.Problem = "not tried: " + ctx.Err().Error()
	default:
		opening.Lock()
		defer opening.Unlock()
		p, _ = env.verify(p, with.try)
	}
	return p
}
