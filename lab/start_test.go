package lab_test

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStartWarns starts a JupyterLab that only prints its arguments, and reads what start.sh says before.
func TestStartWarns(t *testing.T) {
	const open, unguarded, visible = "listens on 0.0.0.0", "asks for no token", "in the command line"
	for name, test := range map[string]struct {
		arguments []string
		want      string // nothing: no warning
	}{
		"as make lab does":       {[]string{"--port", "8888"}, ""},
		"this machine, by name":  {[]string{"--ip=localhost"}, ""},
		"this machine":           {[]string{"--ip", "127.0.0.1"}, ""},
		"all machines":           {[]string{"--ip=0.0.0.0"}, open},
		"all machines, in two":   {[]string{"--ip", "0.0.0.0"}, open},
		"all machines, in full":  {[]string{"--ServerApp.ip=0.0.0.0"}, open},
		"every address":          {[]string{"--ip=*"}, "listens on *"},
		"no token":               {[]string{"--IdentityProvider.token="}, unguarded},
		"no token, in two":       {[]string{"--IdentityProvider.token", ""}, unguarded},
		"no token, the old way":  {[]string{"--ServerApp.token="}, unguarded},
		"a token for all to see": {[]string{"--IdentityProvider.token=abc"}, visible},
	} {
		t.Run(name, func(t *testing.T) {
			project := t.TempDir()
			for _, file := range []string{"start.sh", "environment.sh"} {
				content, err := os.ReadFile(file)
				require.NoError(t, err)
				write(t, filepath.Join(project, "lab", file), string(content))
			}
			write(t, filepath.Join(project, ".lab", "venv", "bin", "python"), "#!/bin/sh\necho \"$@\"\n")
			command := exec.CommandContext(t.Context(), "bash", append([]string{filepath.Join(project, "lab", "start.sh")}, test.arguments...)...)
			var warnings strings.Builder
			command.Stderr = &warnings
			output, err := command.Output()
			require.NoError(t, err)
			said, done, _ := strings.Cut(string(output), "\n")
			assert.Regexp(t, "^Starting JupyterLab: some seconds", said)
			assert.Equal(t, "-m jupyterlab "+strings.Join(test.arguments, " ")+"\n", done, "what is asked for is done")
			if test.want == "" {
				assert.Empty(t, warnings.String())
				return
			}
			assert.Regexp(t, "^WARNING: [^\n]*\n$", warnings.String(), "one line")
			assert.Contains(t, warnings.String(), test.want)
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o755))
}

// TestLabIsClosed starts JupyterLab as make lab does, with a kernel in it, and looks at who gets in and where token
// and key are to be found.
func TestLabIsClosed(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: a server is not for -short")
	}
	installed(t)
	server := startLab(t)

	// Only this machine.
	assert.Equal(t, "127.0.0.1", server.host)
	for _, address := range otherAddresses(t) {
		connection, err := net.DialTimeout("tcp", net.JoinHostPort(address, server.port), time.Second)
		if !assert.Error(t, err, "JupyterLab answers on %s", address) {
			connection.Close()
		}
	}

	// Only with the token.
	for _, token := range []string{"", "wrong"} {
		assert.Equal(t, http.StatusForbidden, server.request(t, http.MethodGet, "/api/kernels", token, nil))
		assert.Equal(t, http.StatusForbidden, server.request(t, http.MethodGet, "/api/kernels?token="+token, "", nil))
	}
	assert.Equal(t, http.StatusOK, server.request(t, http.MethodGet, "/api/kernels", server.token, nil))
	assert.Equal(t, http.StatusOK, server.request(t, http.MethodGet, "/api/kernels?token="+server.token, "", nil), "also as the address that opens the browser has it")
	server.request(t, http.MethodGet, "/no/such/page?token="+server.token, "", nil) // which is logged

	// A kernel has a key.
	var kernel struct{ ID string }
	require.Equal(t, http.StatusCreated, server.request(t, http.MethodPost, "/api/kernels", server.token, &kernel))
	runtime := filepath.Join("..", ".lab", "jupyter", "runtime")
	var connection struct{ IP, Key string }
	path := filepath.Join(runtime, "kernel-"+kernel.ID+".json")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &connection))
	assert.Equal(t, "127.0.0.1", connection.IP)
	require.NotEmpty(t, connection.Key)
	require.Eventually(t, func() bool { // the kernel runs: what it logs while starting is there
		var all []struct {
			State string `json:"execution_state"`
		}
		return server.request(t, http.MethodGet, "/api/kernels", server.token, &all) == http.StatusOK && len(all) == 1 && all[0].State != ""
	}, 2*time.Minute, 200*time.Millisecond)

	// Both are in files that their owner alone reads, and in no log.
	secrets := []string{server.token, connection.Key}
	require.NoError(t, filepath.WalkDir(filepath.Join("..", ".lab", "jupyter"), ownerOnly(t, secrets)))
	logs, err := filepath.Glob(filepath.Join("..", ".lab", "*.log"))
	require.NoError(t, err)
	for _, log := range logs {
		require.NoError(t, filepath.WalkDir(log, none(t, secrets)))
	}
	server.stop(t)
	shown := server.output.String()
	assert.Contains(t, shown, "/no/such/page", "requests are logged")
	assert.NotContains(t, shown, connection.Key)
	for line := range strings.Lines(shown) {
		if strings.Contains(line, server.token) {
			assert.Contains(t, line, "/lab/tree/00-start.ipynb?token=", "the token is in the address to open, and nowhere else: %s", line)
		}
	}
}

// ownerOnly reports files with a secret in them that others could read: the file or its folder must be closed to them.
func ownerOnly(t *testing.T, secrets []string) fs.WalkDirFunc {
	return withSecret(secrets, func(path string, mode fs.FileMode) {
		folder, err := os.Stat(filepath.Dir(path))
		require.NoError(t, err)
		assert.Zero(t, mode.Perm()&folder.Mode().Perm()&0o077, "%s holds a secret and is %s, in a folder that is %s", path, mode, folder.Mode())
	})
}

// none reports files with a secret in them.
func none(t *testing.T, secrets []string) fs.WalkDirFunc {
	return withSecret(secrets, func(path string, _ fs.FileMode) { assert.Fail(t, "a secret in "+path) })
}

func withSecret(secrets []string, found func(path string, mode fs.FileMode)) fs.WalkDirFunc {
	return func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // files come and go here
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		for _, secret := range secrets {
			if info, err := d.Info(); err == nil && strings.Contains(string(content), secret) {
				found(path, info.Mode())
			}
		}
		return nil
	}
}

// labServer is a running JupyterLab.
type labServer struct {
	command           *exec.Cmd
	output            *safeBuilder
	host, port, token string
}

func startLab(t *testing.T) *labServer {
	t.Helper()
	s := &labServer{output: &safeBuilder{}}
	s.command = exec.CommandContext(t.Context(), "bash", "start.sh", "--no-browser", "--port", "0", "--ServerApp.log_level=DEBUG")
	s.command.Env = append(os.Environ(), "JUPYTER_TOKEN=")
	s.command.Stdout, s.command.Stderr = s.output, s.output
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) }
	s.command.WaitDelay = time.Minute
	require.NoError(t, s.command.Start())
	t.Cleanup(func() { s.stop(t) })
	info := filepath.Join("..", ".lab", "jupyter", "runtime", fmt.Sprintf("jpserver-%d.json", s.command.Process.Pid))
	require.Eventually(t, func() bool {
		var found struct{ URL, Token string }
		content, err := os.ReadFile(info)
		if err != nil || json.Unmarshal(content, &found) != nil {
			return false
		}
		address, err := url.Parse(found.URL)
		if err != nil {
			return false
		}
		s.host, s.port, s.token = address.Hostname(), address.Port(), found.Token
		return s.token != "" && s.request(t, http.MethodGet, "/api", "", nil) == http.StatusOK
	}, 3*time.Minute, 100*time.Millisecond, "JupyterLab starts")
	return s
}

// stop ends JupyterLab and the kernels in it.
func (s *labServer) stop(t *testing.T) {
	t.Helper()
	if s.command.ProcessState != nil {
		return
	}
	require.NoError(t, s.command.Process.Signal(syscall.SIGTERM))
	s.command.Wait()
}

// request returns the status of an answer, 0 for none, and reads its JSON into result.
func (s *labServer) request(t *testing.T, method, path, token string, result any) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+net.JoinHostPort(s.host, s.port)+path, nil)
	require.NoError(t, err)
	if token != "" {
		request.Header.Set("Authorization", "token "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	if result != nil {
		assert.NoError(t, json.NewDecoder(response.Body).Decode(result))
	}
	_, err = io.Copy(io.Discard, response.Body)
	assert.NoError(t, err)
	return response.StatusCode
}

// otherAddresses are those of this machine that other machines reach.
func otherAddresses(t *testing.T) []string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	var others []string
	for _, a := range addresses {
		if network, ok := a.(*net.IPNet); ok && !network.IP.IsLoopback() && network.IP.To4() != nil {
			others = append(others, network.IP.String())
		}
	}
	return others
}

// safeBuilder is a strings.Builder that may be written to and read at once.
type safeBuilder struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *safeBuilder) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuilder) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
