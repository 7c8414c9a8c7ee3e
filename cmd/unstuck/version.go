package main

import (
	"runtime/debug"
	"strings"
)

// version is what the build says of itself: the module's version, the commit where it was built from a checkout, and Go's.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown version"
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
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
