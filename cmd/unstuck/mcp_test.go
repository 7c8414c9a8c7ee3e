package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"
)

// connected is a client of a server over these folders.
func connected(t *testing.T, s *mcpServer, folders ...string) *mcp.ClientSession {
	t.Helper()
	var err error
	s.folders, err = openFolders(folders, 64<<20)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.folders.Close() })
	s.gib, s.on = 4, "go"
	if s.timeout == 0 {
		s.timeout = 5 * time.Minute
	}
	here, there := mcp.NewInMemoryTransports()
	serving, err := s.server().Connect(t.Context(), there, nil)
	require.NoError(t, err)
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), here, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close(); _ = serving.Wait() })
	return client
}

// called is the answer of a tool, which suits the schema, and whether it is an error.
func called(t *testing.T, client *mcp.ClientSession, tool string, arguments map[string]any) (map[string]any, bool) {
	t.Helper()
	result, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	require.NoError(t, err)
	require.Len(t, result.Content, 1)
	text := result.Content[0].(*mcp.TextContent).Text
	all := validated(t, []byte(text))
	if !result.IsError {
		structured, err := json.Marshal(result.StructuredContent)
		require.NoError(t, err)
		require.JSONEq(t, text, string(structured))
	}
	return all, result.IsError
}

func TestMCPTools(t *testing.T) {
	stuck := stuckFolder(t)
	client := connected(t, &mcpServer{}, stuck, textModels)
	tools, err := client.ListTools(t.Context(), nil)
	require.NoError(t, err)
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
		require.True(t, tool.Annotations.ReadOnlyHint)
	}
	require.ElementsMatch(t, []string{"diagnose", "history", "explain", "predict"}, names)

	report, failed := called(t, client, "diagnose", map[string]any{"path": stuck, "in": []string{"keras"}})
	require.False(t, failed)
	require.Equal(t, "learning-rate-too-low", report["cause"])
	finding := report["findings"].([]any)[0].(map[string]any)
	require.NotEmpty(t, finding["keras"])
	require.NotContains(t, finding, "go")
	_, failed = called(t, client, "diagnose", map[string]any{"path": "."})
	require.False(t, failed, "the first of the folders")

	log, failed := called(t, client, "history", map[string]any{"text": strings.Repeat("0.6931\n0.6932\n", 8)})
	require.False(t, failed)
	require.Equal(t, "flat-from-start", log["training"].(map[string]any)["shape"])
	page, failed := called(t, client, "explain", map[string]any{"cause": "dying-relu"})
	require.False(t, failed)
	require.Contains(t, page["page"], "The cure")
	list, failed := called(t, client, "explain", nil)
	require.False(t, failed)
	require.NotEmpty(t, list["causes"])

	predicted, failed := called(t, client, "predict", map[string]any{"model": "reviews.keras", "data": "reviews.npz", "rows": 3})
	require.False(t, failed, predicted)
	output := predicted["outputs"].([]any)[0].(map[string]any)
	require.Len(t, output["rows"], 3)

	wrong, failed := called(t, client, "explain", map[string]any{"cause": "dying-rleu"})
	require.True(t, failed)
	require.Contains(t, wrong["error"].(map[string]any)["message"], "did you mean dying-relu?")
}

// Nothing outside of the folders is read, whatever leads there, and the error of a file names the path that was asked for.
func TestMCPReadsItsFoldersAlone(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // what others leave in theirs is no copy of this
	secret := stuckFolder(t)
	folder := stuckFolder(t)
	link := func(to, name string) { require.NoError(t, os.Symlink(to, filepath.Join(folder, name))) }
	inside := filepath.Join(folder, "inside")
	require.NoError(t, os.Mkdir(inside, 0o755))
	for _, name := range []string{"config.json", "fit.json"} {
		require.NoError(t, os.Rename(filepath.Join(folder, name), filepath.Join(inside, name)))
	}
	link(secret, "away")
	client := connected(t, &mcpServer{}, folder)
	refused := func(says string, arguments map[string]any) {
		t.Helper()
		answer, failed := called(t, client, "diagnose", arguments)
		require.True(t, failed, arguments)
		require.Contains(t, answer["error"].(map[string]any)["message"], says)
	}
	outside := "outside of the folders that may be read"
	refused(outside, map[string]any{"path": secret})
	refused(outside, map[string]any{"path": ".."})
	refused(outside, map[string]any{"path": filepath.Join(folder, "..", filepath.Base(secret))})
	refused("leads out of the folders", map[string]any{"path": "away"})
	refused("leads out of the folders", map[string]any{"path": filepath.Join(folder, "away", "config.json")})
	refused("no such file", map[string]any{"path": "none"})
	refused("there is no path", map[string]any{"path": ""})

	require.NoError(t, os.Symlink(filepath.Join(secret, "data.npz"), filepath.Join(inside, "data.npz")))
	refused("inside/data.npz: it leads out of the folders", map[string]any{"path": "inside"})
	require.NoError(t, os.Remove(filepath.Join(inside, "data.npz")))
	refused("inside holds no data", map[string]any{"path": "inside"})
	require.NoError(t, os.Symlink("../data.npz", filepath.Join(inside, "data.npz")))
	answer, failed := called(t, client, "diagnose", map[string]any{"path": inside})
	require.False(t, failed, "a link that stays within is followed: %v", answer)

	answer, failed = called(t, client, "history", map[string]any{"path": "data.npz"})
	require.True(t, failed)
	require.NotContains(t, answer["error"].(map[string]any)["message"], os.TempDir()+"/unstuck-")
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "unstuck-*", "0", filepath.Base(folder)))
	require.NoError(t, err)
	require.Empty(t, left, "copies are removed")
}

// What takes too long answers with what is known by then, what reads or says too much is refused, and a call that is given up leaves the
// server to the next.
func TestMCPBounds(t *testing.T) {
	long := longFolder(t)
	client := connected(t, &mcpServer{timeout: 1500 * time.Millisecond}, long)
	answer, failed := called(t, client, "diagnose", map[string]any{"path": long})
	if failed { // on a busy machine it hadn't begun
		require.Equal(t, "interrupted", answer["error"].(map[string]any)["kind"])
	} else {
		require.Equal(t, true, answer["interrupted"], "%v", answer)
	}

	client = connected(t, &mcpServer{}, long)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := client.CallTool(ctx, &mcp.CallToolParams{Name: "diagnose", Arguments: map[string]any{"path": long}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	began := time.Now()
	answer, failed = called(t, client, "predict", map[string]any{"model": "none.keras", "data": "none.npz"})
	require.True(t, failed, answer)
	require.Less(t, time.Since(began), 30*time.Second, "the one that was given up would go on for minutes")

	s := &mcpServer{output: 100}
	client = connected(t, s, long)
	answer, failed = called(t, client, "explain", nil)
	require.True(t, failed)
	require.Contains(t, answer["error"].(map[string]any)["message"], "more than the 100 that are given")

	require.NoError(t, os.WriteFile(filepath.Join(long, "large.txt"), make([]byte, 2<<20), 0o644))
	client = connected(t, s, long)
	s.folders.bytes = 1 << 20
	answer, failed = called(t, client, "history", map[string]any{"path": "large.txt"})
	require.True(t, failed)
	require.Contains(t, answer["error"].(map[string]any)["message"], "more than 1 MiB")
}

// The program itself, as an agent starts it.
func TestMCPOverStandardInput(t *testing.T) {
	if isMain() {
		return
	}
	folder := stuckFolder(t)
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).
		Connect(t.Context(), &mcp.CommandTransport{Command: asMain(t, "TestMCPOverStandardInput", "mcp", folder)}, nil)
	require.NoError(t, err)
	report, failed := called(t, client, "diagnose", map[string]any{"path": folder})
	require.False(t, failed)
	require.Equal(t, "learning-rate-too-low", report["cause"])
	require.NoError(t, client.Close(), "it ends with its input, and well")

	_, err = execute(t, "mcp", filepath.Join(folder, "none"))
	require.ErrorContains(t, err, "none")
	_, err = execute(t, "mcp")
	require.Error(t, err)
}
