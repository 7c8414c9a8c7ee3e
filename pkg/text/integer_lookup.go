package text

import (
	"fmt"
	"strconv"

	"example.com/unstuck/pkg/dataset"
)

// IntegerLookup numbers whole numbers by their place in a vocabulary, as Keras' IntegerLookup; see [StringLookup]. Fractions
// are cut off.
type IntegerLookup struct {
	Name       string
	Vocabulary []int64 // in order, none twice; may begin with the mask and OOVToken, which then count as those; at least one
	OOVIndices int     // Keras' num_oov_indices. 0: 1, Keras' default; −1: none, and an unknown number is an error
	OOVToken   int64   // how Vocabulary calls unknown numbers, and what Invert makes of their indices; 0: −1, Keras' default
	MaskToken  int64   // stands for no number, where HasMask: index 0 with "int", and counted nowhere else
	HasMask    bool
	OutputMode string // "int", "one_hot", "multi_hot", "count" or "tf_idf"; empty: "int"
	Invert     bool   // makes numbers of their indices instead; OutputMode must be "int"

	MaxTokens      int       // the most indices there may be; 0: any
	PadToMaxTokens bool      // makes vectors as long as MaxTokens; has no meaning for "int"
	IDFWeights     []float64 // of "tf_idf": one for each of Vocabulary, or for each index
	// OOVMethod tells unknown numbers apart where there are several indices for them: "floormod", the remainder of the
	// number, or "farmhash", FarmHash64 of its digits, or SipHash where there is a Salt. Empty: "floormod".
	OOVMethod string
	Salt      []uint64 // two, the key of SipHash
}

func (i IntegerLookup) oovToken() int64 {
	if i.OOVToken == 0 {
		return -1
	}
	return i.OOVToken
}

func (i IntegerLookup) lookup() lookup {
	l := lookup{
		label: label("IntegerLookup", i.Name), oov: i.OOVIndices, oovToken: strconv.FormatInt(i.oovToken(), 10),
		mask: strconv.FormatInt(i.MaskToken, 10), masked: i.HasMask, mode: or(i.OutputMode, asIndex), maxTokens: i.MaxTokens, idf: i.IDFWeights,
		salt: i.Salt, bucket: func(text string, n int) int { return bucketOf(text, n, i.Salt) },
	}
	l.padded = i.PadToMaxTokens && l.mode != asIndex
	if i.OOVMethod == "" || i.OOVMethod == "floormod" {
		l.bucket = func(text string, n int) int {
			x, _ := strconv.ParseInt(text, 10, 64) // as Encode has written it
			return int((x%int64(n) + int64(n)) % int64(n))
		}
	}
	for _, n := range i.Vocabulary {
		l.vocabulary = append(l.vocabulary, strconv.FormatInt(n, 10))
	}
	return l
}

// Encode implements [Layer].
func (i IntegerLookup) Encode(inputs ...dataset.Texts) (dataset.Array, error) {
	l := i.lookup()
	t, err := alone(l.label, inputs)
	if err == nil {
		t, err = wholeNumbers(l.label, t)
	}
	if err != nil {
		return dataset.Array{}, err
	}
	if err := i.check(l); err != nil {
		return dataset.Array{}, err
	}
	if i.Invert {
		return i.inverted(l, t)
	}
	return l.encode(t)
}

// check refuses settings that don't go together.
func (i IntegerLookup) check(l lookup) error {
	switch {
	case i.Invert && l.mode != asIndex:
		return fmt.Errorf("%s: invert goes with output_mode=\"int\" alone, not with %q", l.label, l.mode)
	case i.OOVMethod != "" && i.OOVMethod != "floormod" && i.OOVMethod != "farmhash":
		return fmt.Errorf("%s: there is no oov_method %q", l.label, i.OOVMethod)
	case i.Salt != nil && i.OOVMethod != "farmhash":
		return fmt.Errorf("%s: a salt goes with oov_method=\"farmhash\" alone", l.label)
	}
	return nil
}

// wholeNumbers are strings as numbers are written.
func wholeNumbers(label string, t dataset.Texts) (dataset.Texts, error) {
	if t.Numbers {
		return t, nil
	}
	written := make([]string, len(t.Values))
	for i, s := range t.Values {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return t, fmt.Errorf("%s: row %d has %s, which is not a whole number of 64 bits", label, i/t.RowSize()+1, quoted(s))
		}
		written[i] = strconv.FormatInt(n, 10)
	}
	return dataset.Texts{Shape: t.Shape, Values: written, Numbers: true}, nil
}

// inverted makes numbers of their indices.
func (i IntegerLookup) inverted(l lookup, t dataset.Texts) (dataset.Array, error) {
	if _, err := l.table(); err != nil {
		return dataset.Array{}, err
	}
	const exact = 1 << 24
	tokens, _ := l.tokens()
	first := l.start() + l.oovs()
	return encoder{label: l.label, mode: asIndex}.dense(t, func(row int, s string) (int, error) {
		at, _ := strconv.ParseInt(s, 10, 64)
		number := i.oovToken()
		switch {
		case at == 0 && l.masked:
			number = i.MaskToken
		case at >= int64(first) && at < int64(first+len(tokens)):
			number, _ = strconv.ParseInt(tokens[at-int64(first)], 10, 64)
		}
		if number > exact || number < -exact {
			return 0, fmt.Errorf("%s: row %d becomes %d, which float32 can't hold", l.label, row+1, number)
		}
		return int(number), nil
	})
}

// RowShape implements [Layer].
func (i IntegerLookup) RowShape(inputs ...[]int) ([]int, error) {
	l := i.lookup()
	if err := i.check(l); err != nil {
		return nil, err
	}
	return l.rowShape(inputs)
}

// KerasCode implements [Layer].
func (i IntegerLookup) KerasCode() string {
	c := call("IntegerLookup", i.Name)
	c.lookup(i.lookup(), "-1", func(s string) string { return s })
	if i.Invert {
		c.add("invert=True")
	}
	if i.OOVMethod != "" && i.OOVMethod != "floormod" {
		c.add("oov_method=" + pythonText(i.OOVMethod))
	}
	c.salt(i.Salt)
	return c.String()
}
