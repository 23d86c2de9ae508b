# Tries each assertion of standard input, and prints what came of it.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64 qw(decode_base64);
require $ARGV[0];
my $given = decode_json(do { local $/; <STDIN> });
my %used;
for my $try (@{ $given->{tries} }) {
    my ($assertion, $body) = @$try;
    my $caller = eval {
        ljgate_caller($assertion, decode_base64($body), $given->{jwks}, $given->{audience}, sub { $used{ $_[0] }++ });
    };
    print $caller ? $caller->{sub} : 'refused', "\n";
}
