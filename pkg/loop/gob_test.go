package loop_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"log"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/loop"
)

// A report that a file has held shows what it showed before.
func ExampleReport_GobEncode() {
	recording, err := loop.Read(filepath.Join("..", "..", "examples", "stuck-loop"))
	if err != nil {
		log.Fatal(err)
	}
	r, err := loop.Diagnose(context.Background(), recording, loop.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := gob.NewEncoder(&file).Encode(r); err != nil {
		log.Fatal(err)
	}
	var again loop.Report
	if err := gob.NewDecoder(&file).Decode(&again); err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Cause, again.Text() == r.Text())
	// Output: loop-wrong-parameters true
}

// Whatever a report holds, its text and its JSON are the same behind gob.
func TestReportsAreKept(t *testing.T) {
	files, err := filepath.Glob("testdata/*.tar.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		recording, err := loop.Read(targz.Unpack(t, file))
		require.NoError(t, err, file)
		r, err := loop.Diagnose(t.Context(), recording, loop.Options{Backend: gobackend.GetBackend()})
		require.NoError(t, err, file)
		var kept bytes.Buffer
		require.NoError(t, gob.NewEncoder(&kept).Encode(r), file)
		var again loop.Report
		require.NoError(t, gob.NewDecoder(&kept).Decode(&again), file)
		require.Equal(t, r.Text(), again.Text(), file)
		require.Equal(t, jsonOf(t, r), jsonOf(t, &again), file)
	}
	require.Error(t, new(loop.Report).GobDecode([]byte("no gob")))
}

// jsonOf leaves apart lists that are empty and lists that aren't there, which gob doesn't tell apart.
func jsonOf(t *testing.T, r *loop.Report) string {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "[]", "null")
}
