package backend

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSurveyTellsTheWholeStory(t *testing.T) {
	w := newWorld(t)
	path := w.cpuPlugin()
	w.cudaPlugin()
	w.vars["XLA_FLAGS"] = "--flag"
	r := survey(context.Background(), w.env, Options{}, w.engines)
	require.Equal(t, XLACPU, r.Chosen)
	require.True(t, r.XLABuiltIn)
	require.Equal(t, map[string]string{"XLA_FLAGS": "--flag"}, r.Environment)
	require.Len(t, r.Plugins, 2)
	require.Equal(t, "0.115", r.Plugins[0].API)
	require.Equal(t, int64(len(pluginContent)), r.Plugins[0].Size)
	require.Equal(t, "not tried: no NVIDIA GPU is visible here", r.Plugins[1].Problem)
	text := r.String()
	for _, part := range []string{XLACPU, path, "lammps-jax-pjrt-cpu 0.99", "0.115", "XLA_FLAGS", "--flag", "not pinned", "no NVIDIA GPU"} {
		require.Contains(t, text, part)
	}
	encoded, err := json.Marshal(r)
	require.NoError(t, err)
	var decoded Report
	require.NoError(t, json.Unmarshal(encoded, &decoded))
	for i := range r.Plugins {
		r.Plugins[i].project = "" // not part of the report
	}
	require.Equal(t, r, decoded)
}

func TestSurveyReportsFailure(t *testing.T) {
	w := newWorld(t)
	w.cpuPlugin()
	w.engines.try = func(Plugin) (trial, error) { return trial{}, errors.New("it crashes") }
	r := survey(context.Background(), w.env, Options{Name: XLACPU}, w.engines)
	require.Empty(t, r.Chosen)
	require.Contains(t, r.Error, "it crashes")
	require.Equal(t, "it crashes", r.Plugins[0].Problem)
	require.Contains(t, r.String(), "it crashes")
}

func TestSurveyStopsTryingWhenCanceled(t *testing.T) {
	w := newWorld(t)
	w.cpuPlugin()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := survey(ctx, w.env, Options{Name: Go}, w.engines)
	require.Equal(t, Go, r.Chosen)
	require.Equal(t, "not tried: context canceled", r.Plugins[0].Problem)
	require.Empty(t, w.tried)
}

func TestUsableAreThosePluginsThatWork(t *testing.T) {
	usable := func(prepare func(w *world)) []string {
		w := newWorld(t)
		prepare(w)
		return survey(context.Background(), w.env, Options{Name: Go}, w.engines).Usable()
	}
	require.Equal(t, []string{Go}, usable(func(*world) {}))
	require.Equal(t, []string{XLACPU, Go}, usable(func(w *world) { w.cpuPlugin(); w.cudaPlugin() }), "no GPU")
	require.Equal(t, []string{XLACUDA, XLACPU, Go}, usable(func(w *world) { w.cpuPlugin(); w.cudaPlugin(); w.gpu() }))
	require.Equal(t, []string{XLACUDA, Go}, usable(func(w *world) { w.cudaPlugin(); w.gpu() }))
	require.Equal(t, []string{Go}, usable(func(w *world) {
		w.cpuPlugin()
		w.engines.try = func(Plugin) (trial, error) { return trial{}, errors.New("it crashes") }
	}))
}
