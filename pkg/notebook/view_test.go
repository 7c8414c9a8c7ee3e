package notebook

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestViewReplacesItsFigure(t *testing.T) {
	var r Recorder
	one, two := View{Display: &r}, View{Display: &r}
	require.NoError(t, one.Update(losses))
	require.NoError(t, two.Update(losses))
	require.NoError(t, one.Update(losses))
	require.NoError(t, one.Final(losses))
	require.Len(t, r.Shown(), 4)
	require.Len(t, r.Visible(), 2)
	assert.NotContains(t, r.Shown()[0].Data, PNG, "quick while training")
	assert.Contains(t, r.Visible()[0].Data, PNG, "complete in the saved notebook")
}

func TestViewInATerminalShowsTheLastFigureOnly(t *testing.T) {
	var out bytes.Buffer
	v := View{Display: Terminal{Out: &out}}
	require.NoError(t, v.Update(losses))
	assert.Empty(t, out.String())
	require.NoError(t, v.Final(losses))
	assert.Equal(t, losses.Text()+"\n", out.String())
}

func TestViewOfNothing(t *testing.T) {
	v := View{Display: &Recorder{}}
	assert.Error(t, v.Update(nil))
	assert.Error(t, v.Final(nil))
}
