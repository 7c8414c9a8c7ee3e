package figure

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
)

// confusion is a matrix of n classes of which some are mixed up.
func confusion(n, each int) Confusion {
	random := rand.New(rand.NewPCG(3, 4))
	m := Confusion{Counts: make([][]int, n)}
	for i := range m.Counts {
		m.Counts[i] = make([]int, n)
		for range each {
			j := i
			if random.IntN(8) == 0 {
				j = (i + 1 + random.IntN(3)*i) % n
			}
			m.Counts[i][j]++
		}
	}
	return m
}

func init() {
	m := confusion(5, 240)
	m.Classes = []string{"cat", "dog", "horse", "ship", "aeroplane"}
	m.Counts[3] = make([]int, 5)
	m.Unread = 2
	goldens["confusion"] = m
	digits := confusion(10, 180)
	goldens["confusion-digits"] = digits
	many := confusion(100, 1200)
	for i := range many.Counts {
		many.Classes = append(many.Classes, fmt.Sprintf("kind of class number %d", i))
	}
	goldens["confusion-many"] = many
	goldens["confusion-empty"] = Confusion{Classes: []string{"a"}, Counts: [][]int{{0}}}
}

func TestConfusionGroupsTheClassesThatAreHardlyConfused(t *testing.T) {
	m := confusion(100, 50)
	all, right := 0, 0
	for i, row := range m.Counts {
		all, right = all+sum(row), right+row[i]
	}
	s, err := m.shown()
	require.NoError(t, err)
	require.Len(t, s.counts, 20)
	assert.Equal(t, all, sum(s.totals), "no row is lost")
	assert.Equal(t, []int{all, right}, []int{s.rows, s.right}, "what is right is told of all classes, not of the groups")
	assert.Equal(t, "other (81)", s.names[19])
	for i := range 19 {
		class, err := strconv.Atoi(s.names[i])
		require.NoError(t, err)
		assert.Equal(t, m.Counts[class][class], s.counts[i][i])
	}
	assert.Contains(t, s.note, "The 81 classes with the fewest mistakes")
}

func TestConfusionOf20ClassesIsWhole(t *testing.T) {
	s, err := confusion(20, 9).shown()
	require.NoError(t, err)
	assert.Equal(t, "19", s.names[19])
	assert.Empty(t, s.note)
}

func TestConfusionRefuses(t *testing.T) {
	for want, m := range map[string]Confusion{
		"must be square":      {Counts: [][]int{{1, 2}, {3}}},
		"can't be negative":   {Counts: [][]int{{1, -2}, {3, 4}}},
		"1 count for 2 class": {Counts: [][]int{{1}, {2}}},
	} {
		assert.ErrorContains(t, Render(&bytes.Buffer{}, m, SVG), want)
		assert.Contains(t, m.Text(), want)
	}
}

func TestWordsInConfusionCellsAreReadable(t *testing.T) {
	for share := 0.0; share <= 1; share += 0.001 {
		fill := forWords(onScale(heatScale, share))
		a, b := luminance(fill)+0.05, luminance(inkOn(fill))+0.05
		require.GreaterOrEqual(t, max(a, b)/min(a, b), 4.5, "share %g", share)
	}
	a, b := luminance(gridColor)+0.05, luminance(inkOn(gridColor))+0.05
	assert.GreaterOrEqual(t, max(a, b)/min(a, b), 4.5, "of an empty row")
}

func TestShortCounts(t *testing.T) {
	for n, want := range map[int]string{0: "0", 9999: "9999", 12_345: "12k", 123_456: "123k", 3_400_000: "3.4M", 1 << 40: "1100G"} {
		assert.Equal(t, want, short(n))
	}
	for _, c := range []struct {
		n, all int
		want   string
	}{{0, 0, "0%"}, {0, 10, "0%"}, {1, 1000, "<1%"}, {10, 10, "100%"}, {999, 1000, "99.9%"}, {99_999, 100_000, ">99.9%"}, {1, 3, "33%"}} {
		assert.Equal(t, c.want, percent(c.n, c.all), "%v", c)
	}
	assert.LessOrEqual(t, textStyle(bodySize, ink).Width("9999"), vg.Length(20))
}
