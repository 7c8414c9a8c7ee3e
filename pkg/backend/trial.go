package backend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// trial is what a plugin showed when it was opened in a process of its own.
type trial struct {
	API      string   `json:"api"` // "major.minor" of the PJRT interface
	Platform string   `json:"platform"`
	Devices  []string `json:"devices"`
	Error    string   `json:"error,omitempty"`
	// Programs tells whether it loaded a program that it had serialized; nil: not tried.
	Programs *bool `json:"programs,omitempty"`
}

const (
	trialVariable = "UNSTUCK_TRY_PLUGIN" // holds "platform path" in the child's environment
	trialMark     = "unstuck plugin trial: "
	trialPrograms = "unstuck plugin trial loaded a program"
	trialLimit    = 60 * time.Second // a GPU's first start takes seconds
)

var fatalSignal = regexp.MustCompile(`\bSIG[A-Z]+\b`)

// tryInChild opens the plugin in a copy of this very program, which this package turns into the trial
// before main starts. A crash, a hang or a message on standard error stays there.
func tryInChild(p Plugin) (trial, error) {
	program, err := os.Executable()
	if err != nil {
		return trial{}, fmt.Errorf("the plugin %s can't be tried out: %w", p.Path, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	defer cancel()
	command := exec.CommandContext(ctx, program)
	command.Env = append(trialEnvironment(os.Environ()), trialVariable+"="+p.Platform+" "+p.Path)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err = command.Run()
	if ctx.Err() != nil {
		return trial{}, fmt.Errorf("the plugin %s did not open within %v", p.Path, trialLimit)
	}
	for line := range strings.Lines(out.String()) {
		text, ok := strings.CutPrefix(line, trialMark)
		if !ok {
			continue
		}
		var result trial
		if err := json.Unmarshal([]byte(text), &result); err != nil {
			return trial{}, fmt.Errorf("the trial of the plugin %s gave no readable answer: %w", p.Path, err)
		}
		if result.Error != "" {
			return trial{}, errors.New(result.Error)
		}
		keeps := strings.Contains(out.String(), trialPrograms)
		result.Programs = &keeps
		return result, nil
	}
	return trial{}, fmt.Errorf("the plugin %s crashes the process that opens it (%s); it was tried in a process of its own, so nothing was lost",
		p.Path, causeOfDeath(err, errs.String()))
}

// causeOfDeath names the signal: Go's runtime reports one that native code raised on standard error and
// exits with status 2.
func causeOfDeath(err error, stderr string) string {
	if signal := fatalSignal.FindString(stderr); signal != "" {
		return signal
	}
	if err != nil {
		return err.Error()
	}
	return "it ended without an answer"
}

// trialEnvironment drops what would make the child take part in a notebook's cell, and asks Go for a short
// message should native code crash.
func trialEnvironment(all []string) []string {
	kept := make([]string, 0, len(all)+1)
	for _, entry := range all {
		if !strings.HasPrefix(entry, "GONB_") && !strings.HasPrefix(entry, "GOTRACEBACK=") {
			kept = append(kept, entry)
		}
	}
	return append(kept, "GOTRACEBACK=none")
}
