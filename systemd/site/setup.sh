#!/bin/sh
# Sets a site up on this Debian machine: sh /usr/share/acumat/site/setup.sh HOST, as root. HOST is the name or address
# that the mats use. A second run changes nothing that is there.
set -eu
host=${1:?name or address of this machine as the mats see it}
here=$(dirname "$0")
systemctl disable --quiet --now acumat.service # this machine has no cells
systemctl reset-failed acumat.service 2>/dev/null || true
install -d /etc/sysusers.d
cp "$here/acumat-site.sysusers" /etc/sysusers.d/acumat-site.conf
systemd-sysusers /etc/sysusers.d/acumat-site.conf
install -d -m 0755 /etc/acumat-site
install -d -m 0750 -o acumat-site -g acumat-site /var/lib/acumat-site
if [ ! -e /etc/acumat-site/site.toml ]; then
	cat >/etc/acumat-site/site.toml <<-END
		[site]
		name = "home"
		folder = "/var/lib/acumat-site"

		[broker]
		host = "$host"
		ca_file = "/var/lib/acumat-site/broker/ca.crt"
		certificate_file = "/var/lib/acumat-site/broker/site.collector.crt"
		key_file = "/var/lib/acumat-site/broker/site.collector.key"
	END
fi
cp "$here"/*.service "$here"/*.path "$here"/*.timer /etc/systemd/system/
install -d /etc/systemd/system/postgresql@.service.d
cp "$here/postgresql-restart.conf" /etc/systemd/system/postgresql@.service.d/acumat.conf
cp "$here/victoria-metrics.default" /etc/default/victoria-metrics
systemctl daemon-reload
systemctl restart victoria-metrics
systemctl start postgresql
as_postgres() {
	setpriv --reuid=postgres --regid=postgres --init-groups "$@"
}
cd /
as_postgres psql -tAc "SELECT 1 FROM pg_roles WHERE rolname = 'acumat-site'" | grep -q 1 ||
	as_postgres createuser --createrole acumat-site
as_postgres psql -lqtA | grep -q '^acumat|' || as_postgres createdb -O acumat-site acumat
acumat-site migrate
[ -e /var/lib/acumat-site/broker/ca.key ] || acumat-site init --host "$host" --host localhost --host 127.0.0.1
ln -sf /var/lib/acumat-site/broker/mosquitto.conf /etc/mosquitto/conf.d/acumat-site.conf
systemctl restart mosquitto
systemctl enable --quiet --now acumat-site-collect@1.service acumat-site-upkeep.timer acumat-site-broker.path acumat-site-page.service
