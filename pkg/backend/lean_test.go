package backend_test

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCellsLinkNoHTTP holds that no package which a notebook's cell imports brings an HTTP stack along: every such cell
// would pay for it when it is linked.
func TestCellsLinkNoHTTP(t *testing.T) {
	list := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Deps \" \"}}", "example.com/unstuck/pkg/...")
	var said strings.Builder
	list.Stderr = &said
	out, err := list.Output()
	require.NoError(t, err, said.String())
	looked := 0
	for line := range strings.Lines(string(out)) {
		deps := strings.Fields(line)
		if base := path.Base(deps[0]); base == "autoinstall" || base == "parquet" {
			continue // what a program imports when it wants to download, or to read such files
		}
		looked++
		for _, heavy := range []string{"net/http", "crypto/tls"} {
			assert.False(t, slices.Contains(deps[1:], heavy), "%s links %s", deps[0], heavy)
		}
	}
	require.Greater(t, looked, 10)
}
