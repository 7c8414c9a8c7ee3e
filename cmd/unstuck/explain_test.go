package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
)

// Every cause that the doctor names can be explained, and the list has a line of meaning for each.
func TestExplain(t *testing.T) {
	list, err := execute(t, "explain")
	require.NoError(t, err)
	for _, rule := range doctor.Rules() {
		text, err := execute(t, "explain", string(rule.Cause))
		require.NoError(t, err)
		require.Contains(t, text, "The cure", rule.Cause)
		require.NotContains(t, text, "](")
		require.Contains(t, list, string(rule.Cause)+"\n    ")
	}
	for wrong, right := range map[string]string{"dying-rleu": "dying-relu", "Vanishing": "vanishing-gradient", "nosignal": "no-signal"} {
		_, err := execute(t, "explain", wrong)
		require.ErrorContains(t, err, "did you mean "+right+"?")
	}
	for _, unlike := range []string{"zzz", "qwertyuiop", "…"} {
		_, err := execute(t, "explain", unlike)
		require.NotContains(t, err.Error(), "did you mean")
		require.ErrorContains(t, err, "dying-relu")
	}
	for _, bad := range []string{"../README", "README", "", "."} {
		_, err := execute(t, "explain", bad)
		require.ErrorContains(t, err, "there is no cause", bad)
	}
	_, err = execute(t, "explain", "dying-relu", "--width", "3")
	require.ErrorContains(t, err, "--width is 3, must be at least 20")
}
