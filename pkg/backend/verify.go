package backend

import (
	"fmt"
	"os"
)

// verify makes sure that a plugin may enter the process, and fills in what that tells about it: its digest,
// the version of its interface, its devices. The first time it reads the whole file and tries it in a child
// process; afterwards the record answers.
func (e environment) verify(p Plugin, try func(Plugin) (trial, error)) (Plugin, error) {
	fail := func(err error) (Plugin, error) {
		p.Problem = err.Error()
		return p, err
	}
	id, err := identityOf(p.Path)
	if err != nil {
		if os.IsNotExist(err) {
			err = fmt.Errorf("there is no file %s", p.Path)
		}
		return fail(err)
	}
	p.Size = id.Size
	files := recordFiles(p, e.cache)
	known, ok := loadRecord(files, id)
	if !ok {
		if err := checkFormat(p.Path, e.goos, e.goarch); err != nil {
			return fail(err)
		}
		known = record{Identity: id}
		if known.SHA256, err = digestOf(p.Path); err != nil {
			return fail(err)
		}
	}
	p.SHA256, p.Pinned = known.SHA256, pinned(known.SHA256)
	if pin, ok := pinFor(p, e.goos, e.goarch); ok && pin != p.SHA256 {
		return fail(fmt.Errorf("%s is not the file that %s %s shipped: its SHA-256 is %s, not %s; remove the environment and run make lab again",
			p.Path, p.Package, p.Version, p.SHA256, pin))
	}
	if !ok {
		if known.Trial, err = try(p); err != nil {
			return fail(err)
		}
		saveRecord(files, known)
	}
	p.API, p.Devices = known.Trial.API, known.Trial.Devices
	p.keeps = known.Trial.Programs != nil && *known.Trial.Programs
	return p, nil
}
