package main

import "nengban/web/session"

// signOn is the city's own sign-on as the settings describe it; nil: there is none.
func (d *desk) signOn() *session.SignOn {
	issuer := d.conf.str("oidc_issuer")
	if issuer == "" {
		return nil
	}
	roles, err := session.ParseGroups(d.conf.str("oidc_roles"))
	if err != nil {
		return nil // the settings were checked
	}
	return &session.SignOn{Issuer: issuer, ClientID: d.conf.str("oidc_client_id"), ClientSecret: d.conf.str("oidc_client_secret"),
		Redirect: d.conf.str("public_url") + "/login/sign-on/back", Groups: d.conf.str("oidc_groups"), Department: d.conf.str("oidc_department"), Roles: roles}
}

func isGroups(s string) error {
	_, err := session.ParseGroups(s)
	return err
}
