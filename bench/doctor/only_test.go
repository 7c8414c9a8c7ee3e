package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/bench/doctor/cases"
)

func TestChosen(t *testing.T) {
	ids := []string{"held-out/dying-relu-1", "held-out/dying-relu-2", "held-out/healthy-1", "A01"}
	for list, want := range map[string]map[string]bool{
		"":                                 nil,
		"dying-relu-1":                     {"held-out/dying-relu-1": true},
		"held-out/dying-relu-2, A01":       {"held-out/dying-relu-2": true, "A01": true},
		"healthy-1,held-out/healthy-1,A01": {"held-out/healthy-1": true, "A01": true},
	} {
		got, err := chosen(names(list), ids)
		require.NoError(t, err)
		require.Equal(t, want, got, list)
	}
	for _, list := range []string{"A01,relu-1", "relu-1"} {
		_, err := chosen(names(list), ids)
		var unknown *unknownError
		require.ErrorAs(t, err, &unknown, "though another is there")
		require.Equal(t, []string{"relu-1"}, unknown.names)
	}
}

// An unknown name ends the command before anything is run, with or without -prove.
func TestUnknownCaseIsAnError(t *testing.T) {
	for _, prove := range []bool{false, true} {
		err := asked{split: string(cases.HeldOut), prove: prove, only: []string{"healthy-1", "no-such-case"}}.run(t.Context())
		var unknown *unknownError
		require.ErrorAs(t, err, &unknown)
		require.ErrorContains(t, err, "no-such-case")
	}
}
