# A site's own code with Perl's core modules: copy what you need.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;

my $url  = $ENV{LJGATE_API_URL} // 'http://127.0.0.1:8081/api/v1';
my $http = HTTP::Tiny->new(timeout => 10, default_headers => { Authorization => "Bearer $ENV{LJGATE_TOKEN}" });

# Dies with what is wrong, the HTTP status first.
sub ask {
    my ($method, $path, $body) = @_;
    my %options = $body
        ? (content => encode_json($body), headers => { 'Content-Type' => 'application/json' })
        : ();
    my $reply = $http->request($method, $url . $path, \%options);
    die "503 ljgate does not answer\n" if $reply->{status} == 599;
    my $answer = decode_json($reply->{content});
    return $answer if $reply->{success};
    my $faults = join '; ', map { "$_->{field} $_->{rule}" } @{ $answer->{faults} // [] };
    die "$reply->{status} " . ($faults || $answer->{detail} || $answer->{title}) . "\n";
}

sub account { return '/accounts/' . join '', map { /[\w-]/ ? $_ : sprintf '%%%02X', ord } split //, shift }

sub register {
    my ($username, $password) = @_;
    return ask('POST', '/accounts', { username => $username, password => $password });
}

# The session for the cookie ljsession, or undef. The address is the visitor's, not the site's.
sub log_in {
    my ($username, $password, $address) = @_;
    my $body = { password => $password, address => $address, expiration => 'long' };
    return ask('POST', account($username) . '/sessions', $body)->{session};
}

# The name of the account, or undef.
sub who_is {
    my ($session, $address) = @_;
    return ask('POST', '/sessions/check', { session => $session, address => $address })->{username};
}

# Whether the old one was right. Every session ends: log the visitor in again.
sub change_password {
    my ($username, $old, $new, $address) = @_;
    my $shown = ask('POST', '/verify', { username => $username, password => $old, address => $address });
    return 0 unless $shown->{verified} && $shown->{by} eq 'password';
    ask('PUT', account($username) . '/password', { password => $new });
    return 1;
}

sub suspend { return ask('PUT', account(shift) . '/status', { status => 'suspended' }) }

sub remove { return ask('DELETE', account(shift)) }

1;
