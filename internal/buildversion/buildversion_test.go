package buildversion

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOf(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.5", Main: debug.Module{Version: "(devel)"}}
	require.Equal(t, "devel, go1.26.5", Of(info))
	info.Main.Version = "v1.2.3"
	info.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-26T20:00:00Z"}, {Key: "vcs.modified", Value: "true"}}
	require.Equal(t, "v1.2.3, 0123456789ab with changes of 2026-11-26, go1.26.5", Of(info))
	require.Regexp(t, `^.+, go\S+$`, String())
}
