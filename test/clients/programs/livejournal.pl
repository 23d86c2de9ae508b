# Debian's LiveJournal.pm, a flat client: what it makes of the gateway at the URL given, as JSON.
use strict;
use warnings;
use Digest::MD5 'md5_hex';
use JSON::PP;
use LiveJournal;

sub client { return LiveJournal->new({url => $ARGV[0], user => 'test', @_}) }

my $wishes = {getmoods => 0, getmenus => 1, getpickws => 1};
my $client = client(password => 'test');
$client->parse_login($client->login($wishes));
my %seen = (
    name     => $client->name,
    access   => [sort @{$client->access}],
    groups   => $client->friend_group,
    moods    => $client->mood,
    menu     => $client->menu->[0],
    pickws   => [sort @{$client->pic_keyword}],
    byDigest => client(hpassword => md5_hex('test'))->login->{success},
    unicode  => client(user => 'demo_unicode', password => 'demo')->login->{name},
    wrong    => client(password => 'wrong')->login,
);

# It keeps the bytes of the reply, and so does this.
print JSON::PP->new->encode(\%seen);
