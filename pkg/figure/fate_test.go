package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTellGathersLayersThatShareAFate(t *testing.T) {
	same := func(names ...string) (all []fate) {
		for _, name := range names {
			all = append(all, fate{name, "gone"})
		}
		return all
	}
	assert.Equal(t, []string{"a, b: gone."}, tell(same("a", "b")))
	assert.Equal(t, []string{"a, b and 3 other layers: gone."}, tell(same("a", "b", "c", "d", "e")))
	assert.Equal(t, []string{"a, c: gone.", "b: here."}, tell([]fate{{"a", "gone"}, {"b", "here"}, {"c", "gone"}}))
	many := tell([]fate{{"a", "1"}, {"a", "2"}, {"a", "3"}, {"a", "4"}, {"a", "5"}})
	assert.Equal(t, "And so on for 1 more layer.", many[4])
}
