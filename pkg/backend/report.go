package backend

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// String lays the report out for a terminal, without its last newline.
func (r Report) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	if r.Chosen != "" {
		fmt.Fprintf(w, "backend\t%s\nbecause\t%s\ndevices\t%s\nprograms\t%v\nopened in\t%.3f s\n", r.Chosen, r.Reason, list(r.Devices), r.Programs, r.OpenSeconds)
	}
	if r.Error != "" {
		fmt.Fprintf(w, "error\t%s\n", r.Error)
	}
	fmt.Fprintf(w, "XLA built in\t%s\n", yesNo(r.XLABuiltIn))
	fmt.Fprintf(w, "NVIDIA GPUs\t%s\n", list(r.GPUs))
	for _, name := range slices.Sorted(maps.Keys(r.Environment)) {
		fmt.Fprintf(w, "%s\t%s\n", name, r.Environment[name])
	}
	fmt.Fprintf(w, "looked in\t%s\n", list(r.Searched))
	if len(r.Plugins) == 0 {
		fmt.Fprintf(w, "plugins\tnone\n")
	}
	for i, p := range r.Plugins {
		fmt.Fprintf(w, "\nplugin %d\t%v\n", i+1, p)
		p.write(w)
	}
	w.Flush() // into memory: it can't fail
	return strings.TrimRight(text.String(), "\n")
}

// Usable lists the backends that [Open] can be asked for by name on this machine, the quickest first: XLA on a platform where
// one of its plugins was tried and had no problem, and pure Go always.
func (r Report) Usable() []string {
	var names []string
	for _, name := range []string{XLACUDA, XLACPU} {
		if slices.ContainsFunc(r.Plugins, func(p Plugin) bool { return "xla:"+p.Platform == name && p.Problem == "" }) {
			names = append(names, name)
		}
	}
	return append(names, Go)
}

func (p Plugin) write(w *tabwriter.Writer) {
	fmt.Fprintf(w, "  platform\t%s\n  path\t%s\n  size\t%.1f MB\n", p.Platform, p.Path, float64(p.Size)/1e6)
	if p.SHA256 != "" {
		kind := "not pinned by this project"
		if p.Pinned {
			kind = "pinned by this project"
		}
		fmt.Fprintf(w, "  SHA-256\t%s (%s)\n", p.SHA256, kind)
	}
	if p.API != "" {
		fmt.Fprintf(w, "  PJRT API\t%s\n  devices\t%s\n", p.API, list(p.Devices))
	}
	fmt.Fprintf(w, "  usable\t%s\n", cmp.Or(p.Problem, "yes"))
}

func list(all []string) string {
	return cmp.Or(strings.Join(all, ", "), "none")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
