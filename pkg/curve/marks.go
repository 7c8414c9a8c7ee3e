package curve

import (
	"slices"
	"strings"
	"unicode"
)

// called is the name by which a series is told from others.
func (s Series) called() string {
	if s.means != "" {
		return s.means
	}
	return s.Name
}

// understood are the series with the letters in their names that say whose rows they are of in full: of "TrLoss" and "VLoss" the second
// is the validation's, of "TLoss" and "VLoss" the first the training's. One letter says so beside its counterpart alone: a "v_loss"
// among others is one of values. short: the names that were understood so.
func understood(all []Series) (out []Series, short []string) {
	out = slices.Clone(all)
	means := func(i int, rows string) {
		out[i].means = withMark(all[i].Name, rows)
		short = append(short, all[i].Name)
	}
	of := make([]marked, len(all))
	for i, s := range all {
		of[i] = markOf(s.Name)
	}
	for i, one := range of {
		if one.letter == "" {
			continue
		}
		var trained, tested, plain, others int
		taken, first := false, false // there is a validation of its own; the letter's counterpart is one, too
		for j, other := range of {
			switch {
			case i == j || !other.loss:
			case other.stem != one.stem:
				others++
			case other.heldOut:
				taken = true
			case other.trained:
				trained++
			case other.letter == "t":
				tested++
			case other.letter != "":
				first = true
			default:
				plain++
			}
		}
		held := one.letter != "t"
		switch {
		case taken:
		case trained > 0, held && (tested > 0 || plain == 1 && others == 0):
			means(i, "val")
		case !held && first:
			means(i, "train")
		}
	}
	return out, short
}

// marked is what a loss's name says of whose rows it is of.
type marked struct {
	loss, trained, heldOut bool
	letter                 string // "v", "vl" or "t", which say so beside others alone
	stem                   string // without any of it
}

func markOf(name string) marked {
	m := marked{loss: IsLoss(name), stem: stemOf(name)}
	if !m.loss {
		return m
	}
	words := wordsOf(name)
	m.heldOut, m.trained = isHeldOut(words), slices.ContainsFunc(words, isTrained)
	if !m.heldOut && !m.trained {
		if at := letterIn(words); at >= 0 {
			m.letter, m.stem = bare(words[at]), stemOf(withMark(name, "val"))
		}
	}
	return m
}

// letterIn is the word that is such a letter, alone or ahead of "loss"; -1: none is.
func letterIn(words []string) int {
	return slices.IndexFunc(words, func(w string) bool { return slices.Contains([]string{"v", "vl", "t"}, bare(w)) })
}

// bare is a word without the loss in it.
func bare(word string) string { return strings.TrimSuffix(strings.TrimPrefix(word, "loss"), "loss") }

// withMark is a name with the letter in it written out.
func withMark(name, rows string) string {
	words := wordsOf(name)
	at := letterIn(words)
	words[at] = rows + quantityIn(words[at])
	digits := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsDigit(r) })
	return strings.Join(append(words, digits...), "_")
}
