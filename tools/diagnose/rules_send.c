// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports that were not sent. They say nothing about the machine, so all of this is advice.
 */
#include "diagnose/rules.h"

/* What to do, by the problem; NULL: the rule's own remedy. */
static const char *const remedies[SEND_PROBLEMS] = {
	[SEND_NO_PROGRAM] =
		"Install curl, from this distribution's package, which is in /usr/bin and belongs "
		"to root",
	[SEND_NO_NAME] =
		"Check the name, or write the server's IP address instead of it. Names need a DNS "
		"server, which DHCP has to announce",
	[SEND_NOT_FOUND] =
		"Make the folder on the server first, and check the path. With HTTP, nginx makes "
		"folders by itself with create_full_put_path on. With TFTP, tftpd-hpa takes new "
		"files only with its option --create, and only where its user may write; dnsmasq "
		"takes none",
	[SEND_NOT_ALLOWED] =
		"Let the server take this method from this network without a password: nginx needs "
		"dav_methods PUT. A program that takes POST wants report_method=post, or nestcheck "
		"send --method post. With TFTP, its user may have to be allowed to write there",
	[SEND_TOO_LARGE] =
		"Let the server take larger files: a report has up to some hundred KB. With nginx: "
		"client_max_body_size 16m",
	[SEND_FULL] = "Make room on the server, and check again",
	[SEND_EXISTS] =
		"Give each report its own name: %m, %i and %t in the URL stand for the machine's "
		"MAC address, its name (id=) and the time",
};

static bool is_unreachable(enum send_problem problem)
{
	return problem == SEND_NO_NAME || problem == SEND_NO_CONNECTION ||
	       problem == SEND_NO_ANSWER;
}

/* A finding for each of these problems. */
static void add_all(struct situation *s, const struct rule *rule,
		    bool (*wanted)(enum send_problem problem))
{
	for (size_t i = 0; i < s->r->n_unsent; i++) {
		const struct unsent *u = &s->r->unsent[i];
		struct finding *f;

		if (!wanted(u->problem))
			continue;
		f = finding_add(s, rule);
		f->evidence = format(s, "%s: %s", u->target, u->why);
		if (u->tries > 1)
			f->evidence = format(s, "%s (%u tries)", f->evidence, u->tries);
		if (remedies[u->problem])
			f->remedy = remedies[u->problem];
	}
}

static bool is_no_network(enum send_problem problem)
{
	return problem == SEND_NO_NETWORK;
}

static bool is_redirected(enum send_problem problem)
{
	return problem == SEND_REDIRECTED;
}

static bool is_refused(enum send_problem problem)
{
	return problem != SEND_NOTHING && !is_no_network(problem) && !is_redirected(problem) &&
	       !is_unreachable(problem);
}

static void check_no_network(struct situation *s, const struct rule *rule)
{
	add_all(s, rule, is_no_network);
}

static void check_unreachable(struct situation *s, const struct rule *rule)
{
	add_all(s, rule, is_unreachable);
}

static void check_redirected(struct situation *s, const struct rule *rule)
{
	add_all(s, rule, is_redirected);
}

static void check_refused(struct situation *s, const struct rule *rule)
{
	add_all(s, rule, is_refused);
}

static const struct rule rules[] = {
	{ .id = "report-without-network",
	  .severity = SEVERITY_ADVICE,
	  .title = "The report was not sent: there is no network here",
	  .check = check_no_network,
	  .remedy = "Take the report by report=usb (the stick that this was booted from) or "
		    "report=ttyS1, or from nestcheck run on an installed system",
	  .explain = "A report can be sent by HTTP, TFTP or syslog (report=, nestcheck send) only "
		     "if the kernel has a network, and a driver for the card. This one has none. "
		     "The verdict is the same without." },
	{ .id = "report-unreachable",
	  .severity = SEVERITY_ADVICE,
	  .title = "The report was not sent: no answer from the server",
	  .check = check_unreachable,
	  .remedy = "Check that the server runs and listens at this address and port, that this "
		    "machine's network leads there (cable, VLAN, route), and that no firewall is "
		    "between them. Where it only takes long: report_timeout=300",
	  .explain =
		  "The server of report= or nestcheck send could not be reached, or did not answer "
		  "to the end, in any of the tries within report_timeout= (two minutes by "
		  "default). There are pauses of 1, 2, 4 and up to 60 seconds between them. That "
		  "says nothing about nested virtualization." },
	{ .id = "report-redirected",
	  .severity = SEVERITY_ADVICE,
	  .title = "The report was not sent: the server redirects to where it cannot go",
	  .check = check_redirected,
	  .remedy = "Write the URL that the server redirects to, if it is one of http. If it is "
		    "one of https, let the server take reports by http from this network, or put "
		    "a relay before it",
	  .explain = "The server answered with another address, five times in a row, or with one "
		     "of https, which needs certificates that this has not, or with a page that "
		     "takes no report (HTTP 303). Redirections within http that keep the method "
		     "(307, 308; for these requests also 301 and 302) are followed." },
	{ .id = "report-refused",
	  .severity = SEVERITY_ADVICE,
	  .title = "The report was not sent: the server did not take it",
	  .check = check_refused,
	  .remedy = "Look into the server's log for why it refused this request",
	  .explain =
		  "The server of report= or nestcheck send answered, and did not take the report; "
		  "the evidence has its status and its words. Answers that may change (HTTP 408, "
		  "425, 429, 500 and above) are tried again within report_timeout=, others not. "
		  "An URL that cannot be used at all is named here, too." },
};

const struct rule_table send_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
