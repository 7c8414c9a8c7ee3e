package explorefigure_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/notebook"
)

func TestASearchesTableIsShownAsOne(t *testing.T) {
	var seen notebook.Recorder
	require.NoError(t, notebook.ShowOn(&seen, searched(t, explore.LearningRates(0.01, 0.1))))
	shown := seen.Visible()[0].Data
	assert.Contains(t, string(shown[notebook.HTML]), "<table")
	assert.Contains(t, string(shown[notebook.Plain]), "median loss")
}
