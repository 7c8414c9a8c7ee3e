package loop

import "regexp"

// ownName is a name in the usual changes that a program may have another one for, ahead of what shows that it isn't just a word; or a word.
var ownName = regexp.MustCompile(`\bthe (?:optimizer|model|scheduler|scaler)\b|(^|[^\w.])(optimizer|model|scheduler|scaler)(\.|\(|\)|,| =)`)

var isDotted = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)

// inTheirWords puts the program's names into the usual change, for what is called otherwise there; what isn't known stays as it is.
func (r *Recording) inTheirWords(f *Finding) {
	names := map[string]string{"optimizer": r.Source.Names["optimizer"], "model": r.Source.Names["model"], "scaler": r.Source.Names["scaler"]}
	for i, p := range r.Source.of("schedule") {
		if i > 0 && p.Of != names["scheduler"] { // of several none is meant more than another
			names["scheduler"] = ""
			break
		}
		names["scheduler"] = p.Of
	}
	change := &f.Torch
	if r.Framework == kerasFramework {
		change = &f.Keras
	}
	*change = ownName.ReplaceAllStringFunc(*change, func(found string) string {
		parts := ownName.FindStringSubmatch(found)
		if name := names[parts[2]]; isDotted.MatchString(name) {
			return parts[1] + name + parts[3]
		}
		return found
	})
}
