# Perl's XMLRPC::Lite: a whole acquaintance with the gateway at the URL given, told as JSON.
use strict;
use warnings;
use Digest::MD5 'md5_hex';
use JSON::PP;
use XMLRPC::Lite;

# XMLRPC::Lite forgets what was an <int>; as a number it stays one in JSON.
package Typed {
    our @ISA = 'XMLRPC::Deserializer';

    sub decode_value {
        my ($self, $element) = @_;
        my $value = $self->SUPER::decode_value($element);
        return $element->[0] eq 'int' ? 0 + $value : $value;
    }
}

sub site {
    my %headers = @_;
    my $site = XMLRPC::Lite->proxy($ARGV[0])->deserializer(Typed->new);
    $site->transport->default_header($_ => $headers{$_}) for keys %headers;
    return $site;
}

my $server = site();

sub attempt {
    my ($method, $arguments, $site) = @_;
    my $reply = ($site // $server)->call("LJ.XMLRPC.$method", $arguments // ());
    return $reply->fault // $reply->result;
}

sub by_challenge {
    my $challenge = attempt('getchallenge')->{challenge};
    return {
        username       => 'test',
        auth_method    => 'challenge',
        auth_challenge => $challenge,
        auth_response  => md5_hex($challenge . md5_hex('test')),
        ver            => 1,
        @_,
    };
}

sub by_cookie {
    my ($session) = @_;
    my $browser = site('X-LJ-Auth' => 'cookie', Cookie => "ljsession=$session->{ljsession}");
    return attempt('login', {username => 'test', auth_method => 'cookie', ver => 1}, $browser);
}

my %seen = (getchallenge => attempt('getchallenge'));
my %wishes = (getmoods => 0, getmenus => 1, getpickws => 1, getpickwurls => 1, getcaps => 1);
$seen{login} = attempt('login', by_challenge(%wishes));
$seen{unicode} = attempt('login', {username => 'demo_unicode', password => 'demo', ver => 1});
my $first = $seen{sessiongenerate} = attempt('sessiongenerate', by_challenge(expiration => 'long'));
my $second = attempt('sessiongenerate', by_challenge());
$seen{alive} = by_cookie($first);
my $one = [(split /:/, $first->{ljsession})[2]];
$seen{expire} = attempt('sessionexpire', by_challenge(expire => $one));
$seen{expired} = by_cookie($first);
$seen{spared} = by_cookie($second);
$seen{expireall} = attempt('sessionexpire', by_challenge(expireall => 1));
$seen{expiredToo} = by_cookie($second);
$seen{wrong} = attempt('login', {username => 'test', password => 'wrong', ver => 1});
print encode_json(\%seen);
