package dataset

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits on strings. NumPy gives each the width of the longest, so a file may be far larger than what it says.
const (
	maxTexts     = 1 << 24 // strings of an array
	maxTextWidth = 1 << 26 // bytes of one string in the file
	maxTextBytes = 1 << 30 // bytes of all strings of an array, without what fills them up
)

// cell is how one string, or one number that is to be one, lies in an .npy file.
type cell struct {
	size    int
	numbers bool
	text    func(raw []byte) (string, error)
}

// cellOf understands NumPy's type strings: "<U12", "|S5", and those of numbers.
func cellOf(descr string) (cell, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if strings.HasPrefix(descr, ">") {
		order = binary.BigEndian
	}
	kind := strings.TrimLeft(descr, "<>|=")
	width, err := strconv.Atoi(strings.TrimLeft(kind, "US"))
	if strings.HasPrefix(kind, "U") || strings.HasPrefix(kind, "S") {
		c := cell{size: width, text: bytesText}
		if kind[0] == 'U' {
			c = cell{size: 4 * width, text: func(raw []byte) (string, error) { return unicodeText(raw, order) }}
		}
		switch {
		case err != nil || width < 1:
			return cell{}, fmt.Errorf("elements of type %q hold nothing that can be read", shorten(descr))
		case width > maxTextWidth/4:
			return cell{}, fmt.Errorf("strings of %d characters: %w, at most %d are read", width, ErrTooLarge, maxTextWidth/4)
		}
		return c, nil
	}
	if strings.HasPrefix(kind, "O") {
		return cell{}, fmt.Errorf("it holds Python objects (type %q), which are never read. Save it again as text with .astype(str)", shorten(descr))
	}
	number, err := elementOf(descr)
	if err != nil {
		return cell{}, fmt.Errorf("elements of type %q are not read; convert them with .astype(str)", shorten(descr))
	}
	c := cell{size: number.size, numbers: true}
	switch kind {
	case "i8":
		c.text = func(b []byte) (string, error) { return strconv.FormatInt(int64(order.Uint64(b)), 10), nil }
	case "u8":
		c.text = func(b []byte) (string, error) { return strconv.FormatUint(order.Uint64(b), 10), nil }
	default:
		c.text = func(b []byte) (string, error) { return wholeText(number.decode(b)) }
	}
	return c, nil
}

// wholeText is a number without its fraction in decimal.
func wholeText(x float64) (string, error) {
	if math.IsNaN(x) || math.Abs(x) >= 1<<63 {
		return "", fmt.Errorf("%v can't be made a whole number: %w", x, ErrNotFinite)
	}
	return strconv.FormatInt(int64(x), 10), nil
}

// bytesText is a string of bytes, filled up with zeros.
func bytesText(raw []byte) (string, error) { return string(bytes.TrimRight(raw, "\x00")), nil }

// unicodeText is a string of UTF-32, filled up with zeros.
func unicodeText(raw []byte, order binary.ByteOrder) (string, error) {
	end := len(raw)
	for end > 0 && order.Uint32(raw[end-4:]) == 0 {
		end -= 4
	}
	text := make([]byte, 0, end/4)
	for i := 0; i < end; i += 4 {
		r := order.Uint32(raw[i:])
		if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
			return "", fmt.Errorf("U+%X is no character", r)
		}
		text = utf8.AppendRune(text, rune(r))
	}
	return string(text), nil
}

// readTexts is readNPY for strings.
func readTexts(from io.Reader, size int64) (Texts, error) {
	header, length, err := readHeader(from)
	if err != nil {
		return Texts{}, err
	}
	kind, err := cellOf(header.Descr.Type)
	if err != nil {
		return Texts{}, err
	}
	shape := header.Descr.Shape
	count, err := countOf(shape, maxTexts)
	if err != nil {
		return Texts{}, err
	}
	if need := int64(count) * int64(kind.size); need > size-length { // at most 2⁵⁰
		return Texts{}, fmt.Errorf("shape %v needs %d bytes of %s, the file has %d: %w", shape, need, header.Descr.Type, size-length, io.ErrUnexpectedEOF)
	}
	t := Texts{Shape: shape, Values: make([]string, 0, min(count, 1<<16)), Numbers: kind.numbers}
	buffered := bufio.NewReaderSize(from, 1<<16)
	raw, room := make([]byte, kind.size), maxTextBytes
	for len(t.Values) < count {
		if _, err := io.ReadFull(buffered, raw); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return Texts{}, fmt.Errorf("the data can't be read beyond element %d of %d: %w", len(t.Values), count, err)
		}
		text, err := kind.text(raw)
		if err != nil {
			return Texts{}, fmt.Errorf("element %d: %w", len(t.Values), err)
		}
		if room -= len(text); room < 0 {
			return Texts{}, fmt.Errorf("the strings have more than %d bytes: %w", maxTextBytes, ErrTooLarge)
		}
		t.Values = append(t.Values, text)
	}
	if header.Descr.Fortran {
		t.Values = fromFortran(t.Shape, t.Values)
	}
	return t, nil
}
