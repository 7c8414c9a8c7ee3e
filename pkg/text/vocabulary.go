package text

import (
	"fmt"
	"slices"
)

// table finds the numbers of entries in a vocabulary, as Keras' IndexLookup.
type table struct {
	label   string
	index   map[string]int
	oov     int // numbers for what isn't in it, from start on
	start   int
	mask    string // counts as nothing
	masked  bool
	masking int // the number of mask
	bucket  func(s string, n int) int
}

// lookup says how a table is made.
type lookup struct {
	label      string
	vocabulary []string
	oov        int // 0: 1; −1: none
	oovToken   string
	mask       string
	masked     bool
	mode       string
	maxTokens  int
	padded     bool
	idf        []float64
	salt       []uint64
	bucket     func(s string, n int) int // of several numbers for unknown entries
}

// oovs is how many numbers there are for unknown entries.
func (l lookup) oovs() int {
	if l.oov == 0 {
		return 1
	}
	return min(max(0, l.oov), maxBins) // check refuses what is out of that range
}

// start is the first number behind that of the mask.
func (l lookup) start() int {
	if l.masked && l.mode == asIndex {
		return 1
	}
	return 0
}

// tokens are the entries without those that stand for the mask and unknown ones, if these come first.
func (l lookup) tokens() (tokens []string, special bool) {
	if len(l.vocabulary) < l.start()+l.oovs() {
		return l.vocabulary, false
	}
	expected := append([]string{l.mask}[:l.start()], slices.Repeat([]string{l.oovToken}, l.oovs())...)
	if slices.Equal(l.vocabulary[:len(expected)], expected) {
		return l.vocabulary[len(expected):], true
	}
	return l.vocabulary, false
}

// size is how many numbers there are.
func (l lookup) size() int {
	if l.padded {
		return l.maxTokens
	}
	tokens, _ := l.tokens()
	return l.start() + l.oovs() + len(tokens)
}

// check refuses settings that make no sense.
func (l lookup) check() error {
	tokens, _ := l.tokens()
	size := l.start() + l.oovs() + len(tokens)
	switch {
	case len(l.vocabulary) == 0:
		return fmt.Errorf("%s has no vocabulary: call adapt, or give it one", l.label)
	case l.oov < -1 || l.oov > maxBins:
		return fmt.Errorf("%s: %d indices for unknown entries: must be from 1 to %d, or −1 for none", l.label, l.oov, maxBins)
	case len(l.salt) != 0 && len(l.salt) != 2:
		return fmt.Errorf("%s: the salt has %d numbers, must have two", l.label, len(l.salt))
	case !slices.Contains([]string{asIndex, asOneHot, asMultiHot, asCount, asTFIDF}, l.mode):
		return fmt.Errorf("%s: there is no output_mode %q", l.label, l.mode)
	case l.maxTokens != 0 && size > l.maxTokens:
		return fmt.Errorf("%s: the vocabulary comes to %d tokens, more than max_tokens=%d", l.label, size, l.maxTokens)
	case max(size, l.maxTokens) > maxBins:
		return fmt.Errorf("%s: %d tokens are more than %d, beyond which float32 doesn't tell numbers apart", l.label, max(size, l.maxTokens), maxBins)
	case l.padded && l.maxTokens == 0:
		return fmt.Errorf("%s: pad_to_max_tokens needs max_tokens", l.label)
	}
	if l.mode == asTFIDF {
		_, err := l.weights()
		return err
	}
	return nil
}

// weights are those of all numbers. Of what the vocabulary doesn't say, Keras takes the average.
func (l lookup) weights() ([]float32, error) {
	all := make([]float32, l.size())
	front := 0
	switch _, special := l.tokens(); {
	case len(l.idf) == len(all):
	case len(l.idf) != len(l.vocabulary):
		return nil, fmt.Errorf("%s: %d idf_weights for a vocabulary of %d: give each its own", l.label, len(l.idf), len(l.vocabulary))
	case !special:
		front = l.oovs()
		var sum float64
		for _, w := range l.idf {
			sum += w
		}
		for i := range front {
			all[i] = float32(sum / float64(len(l.idf)))
		}
	}
	for i, w := range l.idf {
		all[front+i] = float32(w)
	}
	return all, nil
}

// table is the lookup's table.
func (l lookup) table() (table, error) {
	if err := l.check(); err != nil {
		return table{}, err
	}
	tokens, _ := l.tokens()
	t := table{label: l.label, index: make(map[string]int, len(tokens)), oov: l.oovs(), start: l.start(), mask: l.mask, masked: l.masked, bucket: l.bucket}
	if l.mode != asIndex {
		t.masking = dropped
	}
	for i, token := range tokens {
		if _, twice := t.index[token]; twice {
			return table{}, fmt.Errorf("%s: %s is twice in the vocabulary", l.label, quoted(token))
		}
		if l.masked && token == l.mask {
			return table{}, fmt.Errorf("%s: the mask token %s stands at %d in the vocabulary: only its beginning is a place for it", l.label, quoted(token), i)
		}
		t.index[token] = t.start + t.oov + i
	}
	return t, nil
}

// find is the number of an entry.
func (t table) find(row int, s string) (int, error) {
	if t.masked && s == t.mask {
		return t.masking, nil
	}
	if n, known := t.index[s]; known {
		return n, nil
	}
	switch t.oov {
	case 0:
		return 0, fmt.Errorf("%s: row %d has %s, which is not in the vocabulary of %d, and num_oov_indices=0 leaves no place for it, which Keras refuses as well: leave such rows out, or give the layer num_oov_indices=1", t.label, row+1, quoted(s), len(t.index))
	case 1:
		return t.start, nil
	}
	return t.start + t.bucket(s, t.oov), nil
}

func (l lookup) encoder() (encoder, error) {
	e := encoder{label: l.label, mode: l.mode, size: l.size()}
	if l.mode != asTFIDF {
		return e, nil
	}
	var err error
	e.weights, err = l.weights()
	return e, err
}
