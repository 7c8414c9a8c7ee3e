// Package excerpt keeps what errors quote from files short: a name in a hostile file may have megabytes.
package excerpt

// Of returns text, or its first most characters and "…" where it has more.
func Of(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
