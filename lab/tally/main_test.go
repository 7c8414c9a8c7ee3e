package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const stream = `{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"B","Output":"=== RUN   B\n"}
{"Action":"output","Package":"p","Test":"B","Output":"    b_test.go:3: skipped: no Chromium found\n"}
{"Action":"output","Package":"p","Test":"B","Output":"--- SKIP: B (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"B"}
{"Action":"pass","Package":"p"}
`

func TestTallyCountsAndSaysWhyATestWasSkipped(t *testing.T) {
	tally := tally{out: io.Discard}
	require.NoError(t, tally.read(strings.NewReader(stream)))
	require.Equal(t, []string{"pass\tp A\t\n", "skip\tp B\tno Chromium found\n"}, tally.lines)
	require.False(t, tally.failed)
}

func TestTallyTakesASkipForAFailureWhereNoneIsAllowed(t *testing.T) {
	strict := tally{out: io.Discard, strict: true}
	require.NoError(t, strict.read(strings.NewReader(stream)))
	require.True(t, strict.failed)
	require.Contains(t, strict.lines[1], "fail\tp B\t")

	excused := tally{out: io.Discard, strict: true, excuses: []string{"no Chromium"}}
	require.NoError(t, excused.read(strings.NewReader(stream)))
	require.False(t, excused.failed)
}

func TestTallyCountsAPackageThatDoesNotCompile(t *testing.T) {
	var out strings.Builder
	tally := tally{out: &out}
	require.NoError(t, tally.read(strings.NewReader(`{"ImportPath":"p [p.test]","Action":"build-output","Output":"p.go:1: undefined: x\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}
`)))
	require.True(t, tally.failed)
	require.Equal(t, []string{"fail\tp \tthe package\n"}, tally.lines)
	require.Contains(t, out.String(), "undefined: x")
}
