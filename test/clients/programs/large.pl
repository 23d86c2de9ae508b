# Posts ten megabytes to the URL given, twenty times, without waiting; prints the statuses as JSON.
use strict;
use warnings;
use LWP::UserAgent;

my $agent = LWP::UserAgent->new;
my $body = 'x' x 10_000_000;
my @statuses = map { $agent->post($ARGV[0], Content => $body)->code } 1 .. 20;
print '[' . join(',', @statuses) . ']';
