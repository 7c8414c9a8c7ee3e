package loop

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
)

// settingsRecordings are of loops that change an optimizer's settings by step, which make_settings_recordings.py wrote.
func settingsRecordings(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/settings/*.tar.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 26)
	return files
}

// Whatever settings a loop changes, and in whatever optimizer that is known here, the replay makes the recorded updates, so that a
// correct loop is told as that; a fault behind a schedule of the momentum is named as it is without.
func TestSettingsThatChangeByStep(t *testing.T) {
	for _, file := range settingsRecordings(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".tar.gz")
		t.Run(name, func(t *testing.T) {
			r, err := Read(targz.Unpack(t, file))
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: gobackend.GetBackend()})
			require.NoError(t, err)
			if _, fault, is := strings.Cut(name, ".loop-"); is {
				require.Equal(t, Cause("loop-"+fault), report.Cause, "%v", report.Findings)
				return
			}
			require.Equal(t, Correct, report.Cause, "%v", report.Unchecked)
			for _, row := range report.Steps {
				require.InDelta(t, 1, float64(row.UpdateRatio), 2e-5, "step %d", row.Step)
			}
		})
	}
}

// Each setting that was changed is one that the updates depend on: without what is recorded of it they are others.
func TestEachChangedSettingIsUsed(t *testing.T) {
	b := gobackend.GetBackend()
	tried := 0
	for _, file := range settingsRecordings(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".tar.gz")
		if strings.Contains(name, ".loop-") {
			continue
		}
		r, err := Read(targz.Unpack(t, file))
		require.NoError(t, err)
		changed := map[string]bool{}
		for _, s := range r.Steps {
			for setting := range s.settings(0, 0) {
				changed[setting] = true
			}
		}
		require.NotEmpty(t, changed, name)
		for _, setting := range slices.Sorted(maps.Keys(changed)) {
			t.Run(name+"/"+setting, func(t *testing.T) {
				require.False(t, straysWithout(t, b, r, ""))
				require.True(t, straysWithout(t, b, r, setting))
			})
			tried++
		}
	}
	require.GreaterOrEqual(t, tried, 45)
}

// straysWithout reports whether updates aren't the replayed ones where a setting is taken for what it was at the beginning.
func straysWithout(t *testing.T, b compute.Backend, r *Recording, setting string) bool {
	t.Helper()
	without := *r
	without.Steps = slices.Clone(r.Steps)
	for k := range without.Steps {
		s := &without.Steps[k]
		groups := slices.Clone(s.Settings)
		for at := range groups {
			groups[at] = slices.Clone(groups[at])
			for g := range groups[at] {
				groups[at][g] = maps.Clone(groups[at][g])
				delete(groups[at][g], setting)
			}
		}
		s.Settings = groups
	}
	var report Report
	_, why := without.updates(b, 0, &report)
	require.Empty(t, why)
	return len(report.Unchecked) > 0
}

// A recording of an earlier version has nothing of a momentum that a schedule moves, and is read as it was: the updates aren't checked.
func TestMomentumOfEarlierRecordings(t *testing.T) {
	r, err := Read(targz.Unpack(t, "testdata/settings/one-cycle-sgd.tar.gz"))
	require.NoError(t, err)
	r.SettingsByStep = false
	for k := range r.Steps {
		r.Steps[k].Settings = nil
	}
	report, err := Diagnose(t.Context(), r, Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	require.Contains(t, strings.Join(report.Unchecked, "\n"), "the schedule moves the momentum together with the rate")
	require.NotContains(t, strings.Join(report.Unchecked, "\n"), "isn't the one that SGD makes")
}

// Settings that no optimizer has, and fewer or more groups than there are, are told and never a panic.
func TestHostileSettings(t *testing.T) {
	for says, of := range map[string]string{
		"momentum": `[[{"momentum": 7}]]`, "is not a number": `[[{"momentum": "much"}]]`, "no such": `[[{"no such": 1}]]`, "": `[]`,
	} {
		t.Run(says, func(t *testing.T) {
			r, err := Read(targz.Unpack(t, "testdata/settings/one-cycle-sgd.tar.gz"))
			require.NoError(t, err)
			for k := range r.Steps {
				r.Steps[k].Settings = nil
				require.NoError(t, json.Unmarshal([]byte(of), &r.Steps[k].Settings))
			}
			var report Report
			_, why := r.updates(gobackend.GetBackend(), 0, &report)
			if says == "" {
				require.NotEmpty(t, report.Unchecked)
				return
			}
			require.Contains(t, fmt.Sprint(why), says)
		})
	}
}

// Settings of an optimizer of which a recording says nothing otherwise make no panic.
func TestSettingsWithoutABeginning(t *testing.T) {
	settings := map[string]json.RawMessage{"momentum": json.RawMessage("0.5")}
	o := Optimizer{Groups: []map[string]json.RawMessage{nil}, Holds: [][]int{{0}}}.with(settings, 0)
	require.Equal(t, settings, o.Groups[0])
	o.Config = json.RawMessage(`{"class_name": "SGD", "config": null}`)
	_, why := kerasRule(o)
	require.Contains(t, why, "aren't in the recording")
}
