package distributed

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

var scheme = regexp.MustCompile(`^\s*[A-Za-z][A-Za-z0-9+.-]*://`)

// redacted is an address, or several with commas, without the secrets in it. It goes by the text alone, for one with a slip in it has
// a secret too: all that stands ahead of an @ is taken for one, with what was torn off it by a comma.
func redacted(all string) string {
	parts := strings.Split(all, ",")
	torn := false
	for i := len(parts) - 1; i >= 0; i-- {
		begin := scheme.FindString(parts[i])
		rest := parts[i][len(begin):]
		at := strings.LastIndex(rest, "@")
		if at < 0 && !torn {
			continue
		}
		if at < 0 {
			rest = "…"
		}
		parts[i] = begin + rest[at+1:]
		torn = begin == ""
	}
	return strings.Join(parts, ",")
}

var errSecretUnread = errors.New("it can't be read as an address: must be like nats://user:password@host:4222, with all but letters and digits of a password as in a URL, such as %40 for @")

// checkSecrets refuses what would be taken apart otherwise than meant, when errors would tell a part of a secret as the name of a host.
func checkSecrets(all string) error {
	for one := range strings.SplitSeq(all, ",") {
		if !strings.Contains(one, "@") {
			continue
		}
		if scheme.FindString(one) == "" {
			one = "nats://" + one
		}
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.User == nil || strings.Contains(u.Host+u.Path+u.RawQuery+u.Fragment, "@") {
			return errSecretUnread // not err, which repeats the address
		}
	}
	return nil
}

// withoutSecrets is an error of connecting. That of a URL repeats it, or a part of it.
func withoutSecrets(err error, at string) error {
	var of *url.Error
	switch {
	case !errors.As(err, &of):
		return err
	case strings.Contains(at, "@"):
		return errSecretUnread
	}
	return of.Err
}
