package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTitlesAreWrappedBeforeTheyAreCut(t *testing.T) {
	style := boldStyle(titleSize, ink)
	assert.Equal(t, []string{"short"}, atMost(2, "short", style, 200))
	lines := atMost(2, "a title that needs two lines here", style, 130)
	assert.Len(t, lines, 2)
	assert.NotContains(t, lines[1], "…")
	lines = atMost(2, "a title that needs far more than two lines, whatever the font", style, 130)
	assert.Len(t, lines, 2)
	assert.Contains(t, lines[1], "…")
	assert.Empty(t, atMost(2, "", style, 130))
}

func TestAFrameTakesTheHeaderOfItsRow(t *testing.T) {
	f := frame{title: "Loss", note: "A note."}
	head, foot := f.headerHeight(200), f.noteHeight(200)
	f.head, f.foot = head+20, foot+20
	assert.Equal(t, head+20, f.headerHeight(200))
	assert.Equal(t, foot+20, f.noteHeight(200))
	f.head, f.foot = 1, 1
	assert.Equal(t, head, f.headerHeight(200), "never less than its own")
	assert.Equal(t, foot, f.noteHeight(200))
}
