package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asMain is this test's own program, which runs main with these arguments.
func asMain(t *testing.T, test string, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	command.Env = append(os.Environ(), "UNSTUCK_TEST_MAIN="+strings.Join(args, "\n"), "GOMLX_BACKEND=go")
	return command
}

// isMain runs main where this is such a program.
func isMain() bool {
	args := os.Getenv("UNSTUCK_TEST_MAIN")
	if args == "" {
		return false
	}
	os.Args = append([]string{"unstuck"}, strings.Split(args, "\n")...)
	main()
	return true
}

// longFolder is that of a training whose diagnosis takes minutes.
func longFolder(t *testing.T) string {
	dir := stuckFolder(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 30000, "batch_size": 16, "seed": 1}`), 0o644))
	return dir
}

// Ctrl-C ends a diagnosis soon, with what is known so far and the status that shells know it by.
func TestCtrlC(t *testing.T) {
	if isMain() {
		return
	}
	wait, late := 1500*time.Millisecond, 0
	for tries := []bool{false, true}; len(tries) > 0; tries = tries[1:] {
		asJSON := tries[0]
		args := []string{"diagnose", longFolder(t)}
		if asJSON {
			args = append(args, "--json")
		}
		command := asMain(t, "TestCtrlC", args...)
		var out bytes.Buffer
		command.Stdout = &out
		told, err := command.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, command.Start())
		lines := bufio.NewReader(told)
		if asJSON {
			time.Sleep(wait) // it tells nothing
		} else {
			for line := ""; !strings.Contains(line, "trial 1, 0 s: training as given"); { // ahead of it: by what it is computed
				line, err = lines.ReadString('\n')
				require.NoError(t, err)
			}
		}
		sent := time.Now()
		require.NoError(t, command.Process.Signal(os.Interrupt))
		rest, _ := lines.ReadString(0)
		var exit *exec.ExitError
		require.ErrorAs(t, command.Wait(), &exit)
		if asJSON && exit.ExitCode() == -1 && wait < time.Minute { // on a busy machine it hadn't begun to listen for signals
			wait *= 2
			tries = append([]bool{asJSON}, tries...)
			continue
		}
		if time.Since(sent) > 5*time.Second && late < 2 { // what is slow by itself is slow each time
			late++
			tries = append([]bool{asJSON}, tries...)
			continue
		}
		require.Less(t, time.Since(sent), 5*time.Second)
		require.Equal(t, 130, exit.ExitCode(), rest)
		require.Contains(t, rest, "unstuck: interrupted")
		if asJSON {
			report := validated(t, out.Bytes())
			if report["kind"] == "error" { // it hadn't begun, on a busy machine
				require.Equal(t, "interrupted", report["error"].(map[string]any)["kind"])
				continue
			}
			require.Equal(t, true, report["interrupted"])
			require.Contains(t, report["verdict"], "Interrupted") // how far it had come depends on the machine
		} else {
			require.Contains(t, out.String(), "no verdict")
		}
	}
}

// Behind the first signal the second one ends the program, whatever it does.
func TestSecondCtrlC(t *testing.T) {
	if os.Getenv("UNSTUCK_TEST_MAIN") != "" {
		ctx, _ := untilSignal(t.Context())
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("asked to end")
		time.Sleep(time.Minute)
		return
	}
	command := asMain(t, "TestSecondCtrlC", "sleep")
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	lines := bufio.NewScanner(out)
	for _, want := range []string{"ready", "asked to end"} {
		require.True(t, lines.Scan())
		require.Equal(t, want, lines.Text())
		require.NoError(t, command.Process.Signal(os.Interrupt))
	}
	var exit *exec.ExitError
	require.ErrorAs(t, command.Wait(), &exit)
	require.Equal(t, syscall.SIGINT, exit.Sys().(syscall.WaitStatus).Signal())
}
