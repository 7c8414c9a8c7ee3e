package logs

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lines are read by hand and not by regular expressions, as a log may have millions of them.

// numeral is a number that stands in a line.
type numeral struct {
	value float64
	end   int // of its text
	// comma tells of a comma within it, and whether it could only be a decimal one.
	comma, decimal bool
}

// numeralAt reads the number that begins at i: 0.5, -1e-3, .5, nan, inf, Infinity, 97.5%; ok: there is one, and no letter or digit goes on
// behind it. With commas a comma between digits is the decimal one, or parts thousands where points are set and it can do so.
func numeralAt(line string, i int, commas, points bool) (n numeral, ok bool) {
	at := i
	if at < len(line) && (line[at] == '-' || line[at] == '+') {
		at++
	}
	from := at
	for _, word := range []string{"infinity", "inf", "nan"} {
		if len(line)-at >= len(word) && line[at]|0x20 == word[0] && strings.EqualFold(line[at:at+len(word)], word) {
			if at += len(word); isWordAt(line, at) {
				return numeral{}, false
			}
			n.value, n.end = math.NaN(), at
			if word[0] == 'i' {
				n.value = math.Inf(1)
				if line[i] == '-' {
					n.value = math.Inf(-1)
				}
			}
			return n, true
		}
	}
	text := ""
	at = digitsFrom(line, at)
	whole := at - from
	if at < len(line) && line[at] == '.' && (whole > 0 || isDigitAt(line, at+1)) {
		at = digitsFrom(line, at+1)
	} else if commas && whole > 0 && at < len(line) && line[at] == ',' && isDigitAt(line, at+1) {
		if behind := digitsFrom(line, at+1); !(behind+1 < len(line) && (line[behind] == ',' || line[behind] == '.') && isDigitAt(line, behind+1)) {
			n.comma = true
			n.decimal = whole > 3 || line[from] == '0' || behind-at-1 != 3
			by := "."
			if points && !n.decimal {
				by = ""
			}
			text, at = line[i:at]+by+line[at+1:behind], behind
		}
	}
	if at == from {
		return numeral{}, false
	}
	mantissa := at
	if at < len(line) && line[at]|0x20 == 'e' {
		exponent := at + 1
		if exponent < len(line) && (line[exponent] == '-' || line[exponent] == '+') {
			exponent++
		}
		if isDigitAt(line, exponent) {
			at = digitsFrom(line, exponent)
		}
	}
	if isWordAt(line, at) {
		return numeral{}, false
	}
	if text == "" {
		text = line[i:at]
	} else {
		text += line[mantissa:at]
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return numeral{}, false
	}
	if at < len(line) && line[at] == '%' {
		v /= 100
		at++
	}
	n.value, n.end = v, at
	return n, true
}

func isDigitAt(line string, i int) bool { return i < len(line) && line[i] >= '0' && line[i] <= '9' }

func digitsFrom(line string, i int) int {
	for isDigitAt(line, i) {
		i++
	}
	return i
}

// isWordAt reports whether a letter without accents, a digit or an underscore stands there: behind a number "秒" is a unit and no part of it.
func isWordAt(line string, i int) bool {
	return i < len(line) && (isDigitAt(line, i) || line[i] == '_' || line[i]|0x20 >= 'a' && line[i]|0x20 <= 'z')
}

// bareNumbers are those of a line in which nothing else stands but what parts them; nil: there is more in it, or nothing.
func bareNumbers(line string, into []float64) (values []float64, whole bool) {
	values = into[:0]
	for i := 0; ; {
		parted := i == 0
		for i < len(line) && strings.IndexByte(" \t\r\n\v\f,;|[]()", line[i]) >= 0 {
			i++
			parted = true
		}
		if i == len(line) {
			if len(values) == 0 {
				return nil, false
			}
			return values, whole
		}
		n, ok := numeralAt(line, i, false, false)
		if !ok || !parted {
			return nil, false
		}
		if len(values) == 0 {
			whole = n.value == math.Trunc(n.value) && !strings.Contains(line[i:n.end], ".")
		}
		values, i = append(values, n.value), n.end
	}
}

// said is a number with the words ahead of it.
type said struct {
	name string
	numeral
	spoken bool // no colon or equals sign stands between them
}

// saidIn are the numbers behind names and a colon or an equals sign, such as "train loss: 0.5", or where there are none those right behind
// a word: "epoch 3 loss 0.5".
func saidIn(line string, points bool, into []said) []said {
	all, behind := into[:0], 0
	for i := 0; i < len(line); i++ {
		if line[i] != ':' && line[i] != '=' {
			continue
		}
		n, ok := numeralBehind(line, i+1, points)
		if !ok {
			continue
		}
		end := len(strings.TrimRight(line[behind:i], " \t")) + behind
		if end > behind && (line[end-1] == '\'' || line[end-1] == '"') {
			end--
		}
		if name := nameBefore(line[behind:end], 3, isInName); name != "" {
			all = append(all, said{name: name, numeral: n})
			behind, i = n.end, n.end-1
		}
	}
	if len(all) > 0 {
		return all
	}
	for i := 0; i+1 < len(line); i++ {
		if line[i] != ' ' && line[i] != '\t' {
			continue
		}
		n, ok := numeralBehind(line, i, points)
		if !ok {
			continue
		}
		if name := nameBefore(strings.TrimRight(line[behind:i], " \t"), 2, isInSpokenName); name != "" {
			all = append(all, said{name: name, numeral: n, spoken: true})
		}
		behind, i = n.end, n.end-1
	}
	return all
}

// numeralBehind is the number behind blanks from i on, a quote or PyTorch's and NumPy's words around it.
func numeralBehind(line string, i int, points bool) (numeral, bool) {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	for _, wrapper := range []string{"tensor(", "np.float64("} {
		if strings.HasPrefix(line[i:], wrapper) {
			i += len(wrapper)
		}
	}
	if i < len(line) && (line[i] == '\'' || line[i] == '"') {
		i++
	}
	return numeralAt(line, i, true, points)
}

func isInName(r rune) bool {
	return isLetter(r) || r == '_' || r == '/' || r == '.' || r == '-'
}

func isInSpokenName(r rune) bool { return isLetter(r) || r == '_' || r == '/' }

// isLetter reports of marks, too, of which some scripts make letters, and of the apostrophe in "perte d'entraînement".
func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || r == 'ー'
}

// nameBefore are the last words of a text, most of them at the utmost and a blank between each, that begin with a letter; empty: there is
// none at its end.
func nameBefore(text string, most int, in func(rune) bool) string {
	begin := len(text)
	for range most {
		end := begin
		if begin < len(text) {
			end-- // the blank ahead of the word behind
		}
		from, first := end, -1
		for from > 0 {
			r, size := utf8.DecodeLastRuneInString(text[:from])
			if (r == '\'' || r == '’') && from < end && from > size { // within a word
				if before, _ := utf8.DecodeLastRuneInString(text[:from-size]); isLetter(before) && first == from {
					from -= size
					continue
				}
			}
			if !in(r) {
				break
			}
			if from -= size; isLetter(r) {
				first = from
			}
		}
		if first < 0 {
			break
		}
		begin = first
		if first > from || begin == 0 || text[begin-1] != ' ' {
			break
		}
	}
	return text[begin:]
}

// counted are the numbers behind the words that count epochs and steps, or their brackets, at most four signs further on: "Epoch [3/20]".
// Below 0: there is none.
func counted(line string, axisOf func(word string) string) (epoch, step float64) {
	epoch, step = -1, -1
	for i := 0; i < len(line); {
		r, size := runeAt(line, i)
		if !isInWord(r) {
			i += size
			continue
		}
		end := i
		for end < len(line) {
			r, size := runeAt(line, end)
			if !isInWord(r) {
				break
			}
			end += size
		}
		word := line[i:end]
		if i = end; isDigitAt(word, 0) {
			continue
		}
		of := &epoch
		switch axisOf(word) {
		case "":
			continue
		case "step":
			of = &step
		}
		if *of < 0 {
			*of = numberNear(line, end)
		}
	}
	return epoch, step
}

// numberNear is the whole number that begins at most four signs behind; below 0: none does.
func numberNear(line string, at int) float64 {
	for range 4 {
		r, size := runeAt(line, at)
		if at == len(line) || isInWord(r) {
			break
		}
		at += size
	}
	v, err := strconv.ParseFloat(line[at:digitsFrom(line, at)], 64)
	if err != nil {
		return -1
	}
	return v
}

func runeAt(line string, i int) (r rune, size int) {
	if i < len(line) && line[i] < utf8.RuneSelf {
		return rune(line[i]), 1
	}
	return utf8.DecodeRuneInString(line[i:])
}

func isInWord(r rune) bool { return isLetter(r) || r == '_' || r >= '0' && r <= '9' }
