// Package buildversion tells what a build says of itself.
package buildversion

import (
	"runtime/debug"
	"strings"
)

// String is the module's version, the commit where it was built from a checkout, and Go's: "v1.2.3, 0123456789ab of 2026-11-26, go1.26.5".
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown version"
	}
	return Of(info)
}

// GoMLX is the version of GoMLX that is built in; empty: it isn't known.
func GoMLX() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/gomlx/gomlx" {
			return m.Version
		}
	}
	return ""
}

// Of is [String] for a build.
func Of(info *debug.BuildInfo) string {
	parts := []string{strings.Trim(info.Main.Version, "()")}
	if parts[0] == "" {
		parts[0] = "devel"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if revision := settings["vcs.revision"]; revision != "" {
		commit := revision[:min(12, len(revision))]
		if settings["vcs.modified"] == "true" {
			commit += " with changes"
		}
		if day, _, found := strings.Cut(settings["vcs.time"], "T"); found {
			commit += " of " + day
		}
		parts = append(parts, commit)
	}
	return strings.Join(append(parts, info.GoVersion), ", ")
}
