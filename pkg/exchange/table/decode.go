package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// content is a file's bytes, unpacked where gzip packed them.
func content(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := limited(file, sizeOf(file))
	if err != nil || !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		return raw, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return limited(unpacked, 0)
}

// sizeOf is how many bytes to expect of a file; 0: not known.
func sizeOf(file *os.File) int64 {
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		return info.Size()
	}
	return 0
}

// limited reads everything, and refuses more than maxFile.
func limited(from io.Reader, expected int64) ([]byte, error) {
	var b bytes.Buffer
	if expected > 0 && expected <= maxFile {
		b.Grow(int(expected) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(from, maxFile+1))
	if err != nil {
		return nil, err
	}
	if n > maxFile {
		return nil, fmt.Errorf("more than %d bytes: %w", int64(maxFile), dataset.ErrTooLarge)
	}
	return b.Bytes(), nil
}

// decoded is what a file says in UTF-8, and what was assumed for it where UTF-8 it isn't.
func decoded(raw []byte, given string) ([]byte, *training.Assumption, error) {
	if given != "" {
		e, err := htmlindex.Get(given)
		if err != nil {
			return nil, nil, fmt.Errorf("--encoding %q is not known: utf-8, latin1, windows-1252 and utf-16le are, and other names of the WHATWG's list", short(given))
		}
		text, err := decodedAs(raw, e)
		return text, nil, err
	}
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		text, err := decodedAs(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
		return text, nil, err
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return nil, nil, errors.New("is a zip archive, as .xlsx and .ods are: export the table as CSV")
	}
	if order, is := halfEmpty(raw); is {
		name := "utf-16le"
		if order == unicode.BigEndian {
			name = "utf-16be"
		}
		text, err := decodedAs(raw, unicode.UTF16(order, unicode.IgnoreBOM))
		return text, &training.Assumption{Setting: "encoding", Value: name, Why: "every other byte is zero", Flag: "--encoding names another"}, err
	}
	if at := bytes.IndexByte(raw, 0); at >= 0 {
		return nil, nil, fmt.Errorf("line %d holds a zero byte: this is no text", lineOf(raw, at))
	}
	if at := invalidAt(raw); at >= 0 {
		text, err := decodedAs(raw, charmap.Windows1252)
		return text, &training.Assumption{Setting: "encoding", Value: "windows-1252", Why: fmt.Sprintf("line %d isn't UTF-8", lineOf(raw, at)), Flag: "--encoding names another"}, err
	}
	return raw, nil, nil
}

func decodedAs(raw []byte, e encoding.Encoding) ([]byte, error) {
	text, err := limited(transform.NewReader(bytes.NewReader(raw), e.NewDecoder()), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return nil, fmt.Errorf("line %d holds a zero byte: this is no text, or in another encoding", lineOf(text, at))
	}
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), nil
}

// halfEmpty reports whether every other byte is zero, as in UTF-16 of what is mostly digits and Latin letters, and which.
func halfEmpty(raw []byte) (unicode.Endianness, bool) {
	head := raw[:min(len(raw), 4096)&^1]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half == 0:
	case zeros[1]*10 > half*9 && zeros[0] == 0:
		return unicode.LittleEndian, true
	case zeros[0]*10 > half*9 && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

func invalidAt(raw []byte) int {
	if utf8.Valid(raw) {
		return -1
	}
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// lineOf is the line of a byte, from 1 on.
func lineOf(raw []byte, at int) int { return 1 + bytes.Count(raw[:at], []byte("\n")) }
